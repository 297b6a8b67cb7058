using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>The rollups that one block keeps of one project and kind. Used by one thread at a time.</summary>
public interface IRollupSource
{
    /// <summary>Time in ms of the block's earliest sample of the project.</summary>
    long FirstTime { get; }

    /// <summary>Time in ms of the block's latest sample of the project.</summary>
    long LastTime { get; }

    /// <summary>
    /// The rollup of a declaration (an index into <see cref="Schema.KindSchema.Rollups"/>) at a level, read when asked for;
    /// null when the block keeps none, and its samples must then be read one by one. Only <paramref name="withSketches"/> it must have its
    /// <see cref="MeasureKind.Sketch"/> measures: they are most of it, and most questions want none.
    /// </summary>
    Rollup? Find(int specIndex, RollupLevel level, bool withSketches);
}
