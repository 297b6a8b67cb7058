namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>Counts by group and bin, in an array with a slot for each bin between the first and the last that occur in any group.</summary>
internal sealed class DenseHistograms
{
    // Arrays this small are made whatever they hold, and none larger than the other (16 MiB): what is far from fitting caches is better sorted.
    private const int SmallPlaces = 1 << 16;
    private const int MostPlaces = 1 << 21;

    // An array of more (4 MiB) is not kept for the next use.
    private const int MostKept = 1 << 19;

    // A value in the log takes twice the memory of a slot.
    private const int PlacesPerValue = 4;
    private const int WidthStep = 64;

    // The slots are at the start of the array. The rest and the spare array hold anything.
    private long[] _places = [];
    private long[] _spare = [];
    private int _groups;
    private int _firstBin;
    private int _width;

    public long AllocatedBytes => (_places.Length + _spare.Length) * (long)sizeof(long);

    /// <summary>How many counts were expected so far.</summary>
    public long Expected { get; private set; }

    private Span<long> Places => _places.AsSpan(0, _groups * _width);

    /// <summary>Announces how many counts will be added, in any number of calls.</summary>
    public void Expect(long counts) => Expected += counts;

    /// <summary>Makes room for bins of groups <c>[0, groupCount)</c>; false when it would be too much for what was added and is expected.</summary>
    public bool TryReserve(int groupCount, int firstBin, int lastBin)
    {
        if (groupCount <= _groups && firstBin >= _firstBin && lastBin < _firstBin + _width)
        {
            return true;
        }

        // Room for more, since what comes next is often a little more.
        int first = _width == 0 ? Math.Max(0, firstBin - (WidthStep / 2)) : Math.Min(firstBin, _firstBin);
        int end = Math.Max(lastBin + 1, _firstBin + _width);
        int width = Math.Max(_width, (end - first + WidthStep - 1) / WidthStep * WidthStep);
        int groups = groupCount > _groups ? (int)Math.Min(Array.MaxLength, Math.Max(groupCount, _groups * 3L / 2)) : _groups;
        long places = (long)groups * width;
        if (places > Math.Max(SmallPlaces, Math.Min(MostPlaces, PlacesPerValue * Expected)))
        {
            return false;
        }

        LayOut(groups, first, width);
        return true;
    }

    public void Add(ReadOnlySpan<int> groups, ReadOnlySpan<ushort> bins)
    {
        long[] places = _places;
        int width = _width;
        int first = _firstBin;
        for (int i = 0; i < groups.Length && i < bins.Length; i++)
        {
            places[(groups[i] * width) + bins[i] - first]++;
        }
    }

    public void Add(int group, ReadOnlySpan<ushort> bins, ReadOnlySpan<long> counts)
    {
        Span<long> places = _places.AsSpan(group * _width, _width);
        int first = _firstBin;
        for (int i = 0; i < bins.Length && i < counts.Length; i++)
        {
            places[bins[i] - first] += counts[i];
        }
    }

    public void Add(int group, ushort bin, long count) => _places[(group * _width) + bin - _firstBin] += count;

    public int CountDistinct() => Places.Length - Places.Count(0);

    public void Sort(Span<int> starts, Span<ushort> bins, Span<long> counts)
    {
        int next = 0;
        for (int group = 0; group + 1 < starts.Length; group++)
        {
            starts[group] = next;
            ReadOnlySpan<long> places = group < _groups ? Places.Slice(group * _width, _width) : default;
            for (int i = places.IndexOfAnyExcept(0); i >= 0 && i < places.Length; i++)
            {
                if (places[i] != 0)
                {
                    bins[next] = (ushort)(_firstBin + i);
                    counts[next++] = places[i];
                }
            }
        }

        starts[^1] = next;
    }

    public void MoveTo(HistogramLog log)
    {
        Span<long> places = Places;
        for (int place = 0; place < places.Length; place++)
        {
            if (places[place] != 0)
            {
                log.Add(place / _width, (ushort)(_firstBin + (place % _width)), places[place]);
            }
        }

        Forget();
    }

    public void Clear()
    {
        Forget();
        Expected = 0;
    }

    // The next use makes the array that it needs; the largest one would stay costly to clear.
    private void Forget()
    {
        (_groups, _firstBin, _width) = (0, 0, 0);
        _places = _places.Length > MostKept ? [] : _places;
        _spare = _spare.Length > MostKept ? [] : _spare;
    }

    private void LayOut(int groups, int firstBin, int width)
    {
        int count = groups * width;
        long[] places = _spare.Length >= count ? _spare : new long[count];
        places.AsSpan(0, count).Clear();
        for (int group = 0; group < _groups; group++)
        {
            _places.AsSpan(group * _width, _width).CopyTo(places.AsSpan((group * width) + _firstBin - firstBin));
        }

        (_places, _spare) = (places, _places);
        (_groups, _firstBin, _width) = (groups, firstBin, width);
    }
}
