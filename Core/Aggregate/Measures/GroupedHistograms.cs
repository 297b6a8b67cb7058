namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>
/// How many values of each group lie in each bin: a grid with a slot for each group and bin while there are few groups for the values, else a log of
/// what was added, which is sorted from time to time.
/// </summary>
internal sealed class GroupedHistograms
{
    private readonly HistogramLog _log = new();
    private readonly DenseHistograms _grid = new();
    private bool _isLogged;
    private int _firstBin = int.MaxValue;
    private int _lastBin = -1;

    // How many counts there must have been when a grid is thought of again.
    private long _worthALook;

    public long AllocatedBytes => _log.AllocatedBytes + _grid.AllocatedBytes;

    /// <summary>Whether nothing was added.</summary>
    public bool IsEmpty => _lastBin < 0;

    /// <summary>Announces how many counts will be added, in any number of calls. Grid or log is chosen by it.</summary>
    public void Expect(long counts) => _grid.Expect(counts);

    /// <summary>Adds one value to each pair of a group and a bin. There are groups <c>[0, groupCount)</c>.</summary>
    public void Add(ReadOnlySpan<int> groups, ReadOnlySpan<ushort> bins, int groupCount)
    {
        if (bins.IsEmpty)
        {
            return;
        }

        ushort first = ushort.MaxValue;
        ushort last = 0;
        foreach (ushort bin in bins)
        {
            first = Math.Min(first, bin);
            last = Math.Max(last, bin);
        }

        if (HasPlaces(groupCount, first, last))
        {
            _grid.Add(groups, bins);
        }
        else
        {
            _log.Add(groups, bins);
        }
    }

    /// <summary>Adds counts of ascending bins to a group. There are groups <c>[0, groupCount)</c>.</summary>
    public void Add(int group, ReadOnlySpan<ushort> bins, ReadOnlySpan<long> counts, int groupCount)
    {
        if (bins.IsEmpty)
        {
            return;
        }

        if (HasPlaces(groupCount, bins[0], bins[^1]))
        {
            _grid.Add(group, bins, counts);
        }
        else
        {
            _log.Add(group, bins, counts);
        }
    }

    /// <summary>How many bins of groups have values.</summary>
    public int CountDistinct() => _isLogged ? _log.CountDistinct() : _grid.CountDistinct();

    /// <summary>Writes all bins ordered by group, then bin; <paramref name="starts"/> gets where each group's begin, and the end.</summary>
    public void Sort(Span<int> starts, Span<ushort> bins, Span<long> counts)
    {
        if (_isLogged)
        {
            _log.Sort(starts, bins, counts);
        }
        else
        {
            _grid.Sort(starts, bins, counts);
        }
    }

    public void Clear()
    {
        _isLogged = false;
        (_firstBin, _lastBin) = (int.MaxValue, -1);
        _worthALook = 0;
        _log.Clear();
        _grid.Clear();
    }

    private bool HasPlaces(int groupCount, int firstBin, int lastBin)
    {
        _firstBin = Math.Min(_firstBin, firstBin);
        _lastBin = Math.Max(_lastBin, lastBin);
        if (!_isLogged && _grid.TryReserve(groupCount, firstBin, lastBin))
        {
            return true;
        }

        if (!_isLogged)
        {
            _isLogged = true;
            _grid.MoveTo(_log);
        }
        else if (_grid.Expected >= _worthALook && _grid.TryReserve(groupCount, _firstBin, _lastBin))
        {
            // A grid that was too large for few counts may be right for many.
            _log.MoveTo(_grid);
            _isLogged = false;
            return true;
        }

        if (_grid.Expected >= _worthALook)
        {
            _worthALook = 2 * _grid.Expected;
        }

        return false;
    }
}
