namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>The rollups of 5 minutes of a block that is merged with others, of one project and kind. Used by one thread.</summary>
internal interface IRollupStream
{
    /// <summary>Time in ms of the block's earliest sample of the project.</summary>
    long FirstTime { get; }

    /// <summary>Time in ms of the block's latest sample of the project.</summary>
    long LastTime { get; }

    /// <summary>The rollup of a declaration from its start; null when the block keeps none.</summary>
    RollupCursor? Open(int specIndex);
}
