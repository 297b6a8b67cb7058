using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Aggregate.Measures;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>
/// Reads a rollup from its first bucket to its last, one at a time, into memory that is used again: so merging rollups takes memory for a bucket of each,
/// however long they are. Not thread safe.
/// </summary>
internal sealed class RollupCursor
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly RollupRows _rows;
    private readonly Func<InvalidDataException, Exception>? _describe;

    // Where the rows of the next bucket begin, and which bucket that is.
    private int _at;
    private int _next;

    private RollupCursor(ReadOnlyMemory<byte> bytes, RollupRows rows, int at, Func<InvalidDataException, Exception>? describe)
    {
        _bytes = bytes;
        _rows = rows;
        _at = at;
        _describe = describe;
    }

    public KindSchema Schema => _rows.Schema;

    public long ApdexThresholdMicroseconds => _rows.ApdexThresholdMicroseconds;

    /// <summary>The keys of the bucket that was read last.</summary>
    public GroupKeys Keys => _rows.Keys;

    public ReadOnlySpan<Accumulator> States => _rows.States;

    /// <summary>Opens a section; null where <see cref="Rollup.TryRead"/> gives null.</summary>
    /// <param name="bytes">The section. It must not change while the cursor is used.</param>
    /// <param name="describe">Makes the exception that <see cref="Read"/> throws for damaged bytes; null for <see cref="InvalidDataException"/>.</param>
    /// <exception cref="InvalidDataException">The section is damaged.</exception>
    public static RollupCursor? TryOpen(ReadOnlyMemory<byte> bytes, Func<InvalidDataException, Exception>? describe = null)
    {
        ByteReader reader = new(bytes.Span);
        return RollupRows.TryOpen(ref reader) is { } rows ? new RollupCursor(bytes, rows, reader.Position, describe) : null;
    }

    /// <summary>Whether it was made by this declaration.</summary>
    public bool IsOf(RollupSpec spec) => _rows.IsOf(spec);

    /// <summary>The bucket that starts at a time; null when there is none.</summary>
    public RollupBucket? Find(long start)
    {
        int index = _rows.FirstBucketFrom(start);
        return index < _rows.Buckets.Length && _rows.Buckets[index].Start == start ? _rows.Buckets[index] : null;
    }

    /// <summary>Reads the bucket that starts at a time and says how many rows it has. Buckets are read in ascending order, each once.</summary>
    /// <exception cref="ArgumentException">There is no such bucket, or it lies behind.</exception>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public RollupBucket Read(long start)
    {
        int index = _rows.FirstBucketFrom(start);
        if (index < _next || index == _rows.Buckets.Length || _rows.Buckets[index].Start != start)
        {
            throw new ArgumentException($"The rollup has no bucket at {start} ahead.", nameof(start));
        }

        try
        {
            ReadThrough(index);
        }
        catch (InvalidDataException damage) when (_describe is not null)
        {
            throw _describe(damage);
        }

        return _rows.Buckets[index] with { FirstRow = 0 };
    }

    // Rows have no length written before them, so those of buckets that nobody wants are read too.
    private void ReadThrough(int index)
    {
        ByteReader reader = new(_bytes.Span[_at..]);
        for (; _next <= index; _next++)
        {
            RollupBucket bucket = _rows.Buckets[_next];
            _rows.Reserve(bucket.RowCount);
            _rows.Read(ref reader, bucket, 0);
        }

        _at += reader.Position;
    }
}
