using System.Numerics;
using TimeSeries.Core.Codecs;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>Goes from group to group of a measured run.</summary>
/// <param name="payload">The widths, the groups and the slack behind them.</param>
/// <param name="rows">How many numbers the run has.</param>
internal ref struct PackedGroups(ReadOnlySpan<byte> payload, int rows)
{
    private readonly ReadOnlySpan<byte> _payload = payload;
    private int _group = -1;
    private int _rowsLeft = rows;
    private int _at;
    private int _end = BitPackedRuns.GroupCount(rows);
    private bool _hasOutliers;

    /// <summary>How many numbers the group has.</summary>
    public int Rows { get; private set; }

    /// <summary>How wide its packed numbers are.</summary>
    public int Width { get; private set; }

    /// <summary>Its packed numbers, of outliers the lower bits, and all that comes behind.</summary>
    public readonly ReadOnlySpan<byte> Packed => _payload[(_at + (_hasOutliers ? OutlierGroup.LowerAt(_payload[_at..]) : 0))..];

    /// <summary>Goes to the next group.</summary>
    public void Next()
    {
        byte width = _payload[++_group];
        _hasOutliers = BitPackedRuns.HasOutliers(width);
        Width = BitPackedRuns.WidthOf(width);
        Rows = Math.Min(BitPacking.GroupRows, _rowsLeft);
        _rowsLeft -= Rows;
        _at = _end;
        _end += (_hasOutliers ? OutlierGroup.LowerAt(_payload[_at..]) : 0) + BitPacking.PackedBytes(Rows, Width);
    }

    /// <summary>Puts the outliers of the group, where it has any, into their rows: each number u as <c>zero + u · scale</c>.</summary>
    public readonly void PutOutliers<T>(T zero, T scale, Span<T> into)
        where T : struct, IBinaryInteger<T>
    {
        if (_hasOutliers)
        {
            OutlierGroup.Put(_payload[_at..], Width, zero, scale, into);
        }
    }
}
