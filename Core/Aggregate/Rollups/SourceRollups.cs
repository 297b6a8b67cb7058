using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>
/// The rollups of 5 minutes of the blocks that are merged, for one project. The new block's rollups are made of them wherever all blocks with samples in a
/// bucket have it, so that the samples need not be counted again. Not thread safe.
/// </summary>
internal sealed class SourceRollups(KindSchema kind, IReadOnlyList<IRollupStream> sources, long apdexThresholdMicroseconds)
{
    // By declaration, then source; opened when first needed.
    private readonly RollupCursor?[]?[] _rollups = new RollupCursor?[]?[kind.Rollups.Length];

    /// <summary>
    /// Adds a bucket's rows to the level's open bucket. False, with nothing added, when some samples are in no rollup. Buckets come in ascending order.
    /// </summary>
    public bool TryAdd(int specIndex, long start, RollupLevelBuilder to)
    {
        RollupCursor?[] rollups = _rollups[specIndex] ??= Open(specIndex);
        for (int i = 0; i < rollups.Length; i++)
        {
            // A rollup lists every bucket that has samples, those marked raw too.
            bool knows = rollups[i] is { } rollup ? rollup.Find(start) is not { IsRaw: true } : !MayHave(sources[i], start);
            if (!knows)
            {
                return false;
            }
        }

        foreach (RollupCursor? rollup in rollups)
        {
            if (rollup?.Find(start) is not null)
            {
                to.Add(rollup.Read(start), rollup.Keys, rollup.States);
            }
        }

        return true;
    }

    private RollupCursor?[] Open(int specIndex)
    {
        RollupSpec spec = kind.Rollups[specIndex];
        RollupCursor?[] rollups = new RollupCursor?[sources.Count];
        for (int i = 0; i < rollups.Length; i++)
        {
            RollupCursor? rollup = sources[i].Open(specIndex);
            rollups[i] = rollup is not null && rollup.IsOf(spec) && rollup.ApdexThresholdMicroseconds == apdexThresholdMicroseconds ? rollup : null;
        }

        return rollups;
    }

    private static bool MayHave(IRollupStream source, long start) =>
        source.FirstTime < start + RollupBuilder.LengthOf(RollupLevel.FiveMinutes) && source.LastTime >= start;
}

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
