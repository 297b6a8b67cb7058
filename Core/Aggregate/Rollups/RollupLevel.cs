namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>How much time one bucket of a rollup spans. The numeric value is stored and never changes.</summary>
public enum RollupLevel : byte
{
    FiveMinutes = 0,
    Hour = 1,

    /// <summary>All of a block's samples of the project in one bucket, however long.</summary>
    Block = 2,
}
