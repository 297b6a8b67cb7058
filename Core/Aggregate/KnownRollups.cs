using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate;

/// <summary>
/// What blocks that become one know already of a project's samples: their rollups of 5 minutes, from which those of the new block are made wherever all blocks
/// with samples in a bucket have it, so that the samples need not be counted again. Not thread safe.
/// </summary>
internal sealed class KnownRollups(KindSchema kind, IReadOnlyList<IRollupSource> sources, long apdexThresholdMicroseconds)
{
    // By declaration, then source; read when first asked for.
    private readonly Rollup?[]?[] _rollups = new Rollup?[]?[kind.Rollups.Length];

    /// <summary>Adds a bucket's rows to the level's open bucket. False, with nothing added, when some samples are in no rollup.</summary>
    public bool TryAdd(int specIndex, long start, RollupLevelBuilder to)
    {
        Rollup?[] rollups = _rollups[specIndex] ??= Read(specIndex);
        for (int i = 0; i < rollups.Length; i++)
        {
            bool knows = rollups[i] is { } rollup ? BucketOf(rollup, start) is not { IsRaw: true } : !MayHave(sources[i], start);
            if (!knows)
            {
                return false;
            }
        }

        foreach (Rollup? rollup in rollups)
        {
            if (rollup is not null && BucketOf(rollup, start) is { } bucket)
            {
                to.Add(rollup, bucket);
            }
        }

        return true;
    }

    private Rollup?[] Read(int specIndex)
    {
        RollupSpec spec = kind.Rollups[specIndex];
        Rollup?[] rollups = new Rollup?[sources.Count];
        for (int i = 0; i < rollups.Length; i++)
        {
            Rollup? rollup = sources[i].Find(specIndex, RollupLevel.FiveMinutes);
            rollups[i] = rollup is not null && rollup.IsOf(spec) && rollup.ApdexThresholdMicroseconds == apdexThresholdMicroseconds ? rollup : null;
        }

        return rollups;
    }

    // A rollup lists every bucket that has samples, those marked raw too.
    private static RollupBucket? BucketOf(Rollup rollup, long start)
    {
        int index = rollup.FirstBucketFrom(start);
        return index < rollup.Buckets.Length && rollup.Buckets[index].Start == start ? rollup.Buckets[index] : null;
    }

    private static bool MayHave(IRollupSource source, long start) =>
        source.FirstTime < start + RollupBuilder.LengthOf(RollupLevel.FiveMinutes) && source.LastTime >= start;
}
