using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Aggregate.Measures;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>A decoded rollup: one row per key and bucket. Immutable; safe to share between threads and to cache.</summary>
public sealed class Rollup
{
    private readonly RollupRows _rows;

    private Rollup(ref ByteReader reader, RollupRows rows)
    {
        _rows = rows;
        ReadOnlySpan<RollupBucket> buckets = rows.Buckets;
        rows.Reserve(buckets.IsEmpty ? 0 : buckets[^1].FirstRow + buckets[^1].RowCount);
        foreach (RollupBucket bucket in buckets)
        {
            rows.Read(ref reader, bucket, bucket.FirstRow);
        }

        ByteReader.Require(reader.Remaining == 0);
        AllocatedBytes = rows.AllocatedBytes;
    }

    /// <summary>Which rollup of its kind it is.</summary>
    public int SpecIndex => _rows.SpecIndex;

    public RollupLevel Level => _rows.Level;

    /// <summary>Memory held, for a cache's bound.</summary>
    public long AllocatedBytes { get; }

    /// <summary>The apdex threshold that it was counted with.</summary>
    public long ApdexThresholdMicroseconds => _rows.ApdexThresholdMicroseconds;

    internal KindSchema Schema => _rows.Schema;

    /// <summary>The declaration that it was made by.</summary>
    internal RollupSpec Spec => _rows.Spec;

    /// <summary>The keys, a row each; the time of a row is the start of its bucket.</summary>
    internal GroupKeys Keys => _rows.Keys;

    internal ReadOnlySpan<RollupBucket> Buckets => _rows.Buckets;

    internal ReadOnlySpan<Accumulator> States => _rows.States;

    /// <summary>
    /// Decodes a section. Null when another version wrote it, or when one of its fields is unknown or has another type now; its samples are then read instead.
    /// </summary>
    /// <param name="bytes">The section.</param>
    /// <param name="withSketches">Whether its distributions are wanted. Without them its <see cref="MeasureKind.Sketch"/> measures must not be used.</param>
    /// <exception cref="InvalidDataException">The section is damaged.</exception>
    public static Rollup? TryRead(ReadOnlySpan<byte> bytes, bool withSketches = true)
    {
        ByteReader reader = new(bytes);
        return RollupRows.TryOpen(ref reader, withSketches) is { } rows ? new Rollup(ref reader, rows) : null;
    }

    /// <summary>Whether it was made by this declaration.</summary>
    internal bool IsOf(RollupSpec spec) => _rows.IsOf(spec);

    /// <summary>The index of the first bucket that starts at a time or later.</summary>
    internal int FirstBucketFrom(long time) => _rows.FirstBucketFrom(time);
}

/// <summary>How much time one bucket of a rollup spans. The numeric value is stored and never changes.</summary>
public enum RollupLevel : byte
{
    FiveMinutes = 0,
    Hour = 1,

    /// <summary>All of a block's samples of the project in one bucket, however long.</summary>
    Block = 2,
}

/// <summary>One bucket of a rollup.</summary>
/// <param name="Start">Its start in ms; of a whole block's bucket, the time of the first sample.</param>
/// <param name="Samples">How many samples of the project lie in it.</param>
/// <param name="Counted">How many of them the rows count: those with a value in the declaration's present field.</param>
/// <param name="FirstRow">Its first row.</param>
/// <param name="RowCount">How many rows it has.</param>
/// <param name="IsRaw">Whether it has no rows, since they would hardly be fewer than the samples, which must be read instead.</param>
internal readonly record struct RollupBucket(long Start, long Samples, long Counted, int FirstRow, int RowCount, bool IsRaw);
