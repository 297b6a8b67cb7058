using TimeSeries.Core.Model;

namespace TimeSeries.Core.Aggregate;

/// <summary>
/// The distribution of a number field: counts by <see cref="SketchBins"/>, with the smallest and the greatest value. Settled, it is a list of bins a group, which is also how a rollup holds it.
/// </summary>
internal sealed class SketchState(Measure measure) : MeasureState
{
    private readonly BinCounts _table = new();
    private readonly ExtremeState _smallest = new(measure with { Kind = MeasureKind.Min });
    private readonly ExtremeState _greatest = new(measure with { Kind = MeasureKind.Max });
    private ushort[] _batchBins = [];
    private int[] _batchGroups = [];
    private long[] _batchCounts = [];
    private long[] _countOfBin = [];
    private int _groups;
    private int[] _starts = [0];
    private ushort[] _bins = [];
    private long[] _counts = [];

    public override long AllocatedBytes => _table.AllocatedBytes + _smallest.AllocatedBytes + _greatest.AllocatedBytes
        + _starts.Length * (long)sizeof(int) + _bins.Length * (long)sizeof(ushort) + _counts.Length * (long)sizeof(long);

    /// <summary>Whether the smallest and the greatest value come from totals of the field, and not from samples here.</summary>
    public bool HasTotals { get; private set; }

    /// <summary>The quantile of a settled state's group; NaN when it has no value.</summary>
    public double Quantile(int group, double quantile)
    {
        ReadOnlySpan<long> counts = _counts.AsSpan(_starts[group].._starts[group + 1]);
        if (counts.IsEmpty)
        {
            return double.NaN;
        }

        long values = 0;
        foreach (long count in counts)
        {
            values += count;
        }

        long rank = (long)Math.Floor(quantile * (values - 1));
        int bin = 0;
        for (long passed = counts[0]; passed <= rank && bin < counts.Length - 1; passed += counts[bin])
        {
            bin++;
        }

        double middle = SketchBins.MiddleOf(_bins[_starts[group] + bin]);
        return Math.Min(Math.Max(middle, _smallest.ValueOf(group)), _greatest.ValueOf(group));
    }

    /// <summary>Takes the smallest and the greatest value from totals from now on.</summary>
    public void TakeExtremes(FieldTotals totals)
    {
        totals.Serve(_smallest);
        totals.Serve(_greatest);
        HasTotals = true;
    }

    public override void Reserve(int groups)
    {
        _groups = groups;
        _smallest.Reserve(groups);
        _greatest.Reserve(groups);
    }

    public override void Add(RowBatch batch)
    {
        ReadOnlySpan<long> values = batch.Chunk.Numbers(measure.Field);
        RowSelection selection = batch.Where(measure.Condition);
        if (values.IsEmpty)
        {
            return;
        }

        ReadOnlySpan<int> rows = selection.SelectedRows;
        ReadOnlySpan<int> groups = selection.SelectedGroups;
        if (_batchBins.Length == 0)
        {
            _batchBins = new ushort[RowSelection.Capacity];
            _batchGroups = new int[RowSelection.Capacity];
            _batchCounts = new long[RowSelection.Capacity];
        }

        if (selection is { IsRun: true, RunCount: > 0 })
        {
            AddRuns(values.Slice(selection.FirstRow, selection.Count), selection);
        }
        else
        {
            AddRows(values, selection.SelectedRows, selection.SelectedGroups);
        }

        if (!HasTotals)
        {
            _smallest.Add(batch);
            _greatest.Add(batch);
        }
    }

    public override void Merge(MeasureState from, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        SketchState added = (SketchState)from;
        long counts = 0;
        foreach (int row in rows)
        {
            counts += added._starts[row + 1] - added._starts[row];
        }

        _table.Expect(counts);
        for (int i = 0; i < rows.Length; i++)
        {
            int row = rows[i];
            Range places = added._starts[row]..added._starts[row + 1];
            _table.Add(groups[i], added._bins.AsSpan(places), added._counts.AsSpan(places), _groups);
        }

        _smallest.Merge(added._smallest, rows, groups);
        _greatest.Merge(added._greatest, rows, groups);
    }

    public override void Settle(int groups)
    {
        int count = _table.CountDistinct();
        _starts = _starts.Length > groups ? _starts : new int[groups + 1];
        _bins = _bins.Length >= count ? _bins : new ushort[count];
        _counts = _counts.Length >= count ? _counts : new long[count];
        _table.Sort(_starts.AsSpan(0, groups + 1), _bins.AsSpan(0, count), _counts.AsSpan(0, count));
    }

    public override void Clear(int groups)
    {
        _table.Clear();
        _smallest.Clear(groups);
        _greatest.Clear(groups);
    }

    public override void Write(RollupWriter writer, int groups, SymbolTable texts)
    {
        _smallest.Write(writer, groups, texts);
        _greatest.Write(writer, groups, texts);
        writer.WriteAscending<ushort>(_starts.AsSpan(0, groups + 1), _bins);
        writer.WriteNumbers(_counts.AsSpan(0, _starts[groups]));
    }

    public override void ReserveForReading(int groups, SymbolTable texts)
    {
        _smallest.ReserveForReading(groups, texts);
        _greatest.ReserveForReading(groups, texts);
        _starts = new int[groups + 1];
    }

    public override void Read(ref RollupReader reader, int first, int groups)
    {
        _smallest.Read(ref reader, first, groups);
        _greatest.Read(ref reader, first, groups);
        int place = _starts[first];
        long[] bins = reader.ReadAscending(_starts.AsSpan(first, groups + 1));
        int end = place + bins.Length;
        if (end > _bins.Length)
        {
            Array.Resize(ref _bins, Math.Max(end, _bins.Length * 2));
            Array.Resize(ref _counts, _bins.Length);
        }

        for (int i = 0; i < bins.Length; i++)
        {
            RollupReader.Require(bins[i] >= 0 && bins[i] < SketchBins.Count);
            _bins[place + i] = (ushort)bins[i];
        }

        reader.ReadNumbers(_counts.AsSpan(place, bins.Length));
        foreach (long count in _counts.AsSpan(place, bins.Length))
        {
            RollupReader.Require(count > 0);
        }
    }

    private void AddRows(ReadOnlySpan<long> values, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        ushort[] bins = _batchBins;
        int[] groupsOfBins = _batchGroups;
        int count = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            long value = values[rows[i]];
            bins[count] = (ushort)SketchBins.Of(value);
            groupsOfBins[count] = groups[i];
            count += value == NumberColumn.Missing ? 0 : 1;
        }

        _table.Expect(count);
        _table.Add(groupsOfBins.AsSpan(0, count), bins.AsSpan(0, count), _groups);
    }

    // The values of a run are counted by themselves, so that each of its bins is added once.
    private void AddRuns(ReadOnlySpan<long> values, RowSelection selection)
    {
        _countOfBin = _countOfBin.Length == 0 ? new long[SketchBins.Count] : _countOfBin;
        int start = 0;
        for (int run = 0; run < selection.RunCount; run++)
        {
            int end = selection.RunEnds[run];
            AddRun(values[start..end], selection.RunGroups[run]);
            start = end;
        }
    }

    private void AddRun(ReadOnlySpan<long> values, int group)
    {
        long[] countOfBin = _countOfBin;
        int first = countOfBin.Length;
        int last = -1;
        foreach (long value in values)
        {
            if (value != NumberColumn.Missing)
            {
                int bin = SketchBins.Of(value);
                countOfBin[bin]++;
                first = Math.Min(first, bin);
                last = Math.Max(last, bin);
            }
        }

        int found = 0;
        for (int bin = first; bin <= last; bin++)
        {
            _batchBins[found] = (ushort)bin;
            _batchCounts[found] = countOfBin[bin];
            found += countOfBin[bin] > 0 ? 1 : 0;
            countOfBin[bin] = 0;
        }

        _table.Expect(found);
        _table.Add(group, _batchBins.AsSpan(0, found), _batchCounts.AsSpan(0, found), _groups);
    }
}
