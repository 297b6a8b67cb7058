using System.Numerics;
using TimeSeries.Core.Codecs;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>Goes from group to group of a run, and checks that each lies whole inside the payload.</summary>
internal ref struct PackedGroups
{
    private readonly ReadOnlySpan<byte> _payload;
    private int _group = -1;
    private int _rowsLeft;
    private int _at;
    private int _lowerAt;

    /// <summary>Stands before the first group.</summary>
    /// <param name="payload">The widths, the groups, what comes behind, and the slack.</param>
    /// <param name="rows">How many numbers the run has.</param>
    /// <exception cref="InvalidDataException">The payload has fewer widths than the run has groups.</exception>
    public PackedGroups(ReadOnlySpan<byte> payload, int rows)
    {
        _payload = payload;
        _rowsLeft = rows;
        Bytes = BitPackedRuns.GroupCount(rows);
        if (Bytes > payload.Length - BitPacking.SlackBytes)
        {
            throw new InvalidDataException("the widths of a chunk are cut short");
        }
    }

    /// <summary>How many numbers the group has.</summary>
    public int Rows { get; private set; }

    /// <summary>How wide its packed numbers are.</summary>
    public int Width { get; private set; }

    /// <summary>How many bytes the run takes up to here, widths included.</summary>
    public int Bytes { get; private set; }

    /// <summary>Its packed numbers, of outliers the lower bits, and all that comes behind.</summary>
    public readonly ReadOnlySpan<byte> Packed => _payload[_lowerAt..];

    /// <summary>Goes to the next group.</summary>
    /// <exception cref="InvalidDataException">The group is damaged.</exception>
    public void Next()
    {
        byte width = _payload[++_group];
        Width = BitPackedRuns.WidthOf(width);
        Rows = Math.Min(BitPacking.GroupRows, _rowsLeft);
        _rowsLeft -= Rows;
        _at = Bytes;
        _lowerAt = _at;
        if (!BitPacking.IsWidth(Width))
        {
            throw new InvalidDataException("a chunk has an impossible width");
        }

        if (BitPackedRuns.HasOutliers(width))
        {
            ReadOnlySpan<byte> group = _payload[_at..^BitPacking.SlackBytes];
            Bytes += OutlierGroup.Measure(group, Rows, Width);
            _lowerAt += OutlierGroup.LowerAt(group);
        }
        else
        {
            Bytes += BitPacking.PackedBytes(Rows, Width);
        }

        if (Bytes > _payload.Length - BitPacking.SlackBytes)
        {
            throw new InvalidDataException("a chunk is cut short");
        }
    }

    /// <summary>
    /// Adds what outliers have above their lower bits, where the group has any: each number u as <c>zero + u · scale</c>, and 0 as <paramref name="none"/>.
    /// </summary>
    public readonly void PutOutliers<T>(T zero, T none, T scale, Span<T> into)
        where T : struct, IBinaryInteger<T>
    {
        if (_lowerAt > _at)
        {
            OutlierGroup.Put(_payload[_at..], Width, zero, none, scale, into);
        }
    }
}
