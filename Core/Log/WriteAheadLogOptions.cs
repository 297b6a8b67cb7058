namespace TimeSeries.Core.Log;

/// <summary>How the WAL is kept. <c>Wal:MaxBytes</c> is its only option for operators.</summary>
public sealed class WriteAheadLogOptions
{
    /// <summary>The smallest segment: below, most of a segment would be its header and its last, half-filled page.</summary>
    public const long MinSegmentBytes = 4L << 10;

    /// <summary>The largest segment: whole segments are deleted, so bigger ones keep much that is stored already.</summary>
    public const long MaxSegmentBytes = 4L << 30;

    /// <summary>Size at which a new segment is begun. 64 MiB: long enough that making one costs nothing, short enough to be given back soon.</summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>Most bytes that the log may hold before it refuses more; 0 means that only the disk bounds it.</summary>
    public long MaxBytes { get; init; }

    /// <summary>One sentence per option that can't be used, each with key and value; empty when all is well.</summary>
    public IReadOnlyList<string> FindErrors()
    {
        List<string> errors = [];
        if (SegmentBytes is < MinSegmentBytes or > MaxSegmentBytes)
        {
            errors.Add($"Wal:SegmentBytes must be between {MinSegmentBytes} and {MaxSegmentBytes}, but is {SegmentBytes}.");
        }

        if (MaxBytes < 0 || (MaxBytes > 0 && MaxBytes < SegmentBytes))
        {
            errors.Add($"Wal:MaxBytes must be 0 (no bound) or at least Wal:SegmentBytes ({SegmentBytes}), but is {MaxBytes}.");
        }

        return errors;
    }
}
