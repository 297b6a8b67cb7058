using System.Buffers;
using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>
/// The distribution of a number field: counts by <see cref="SketchBins"/>, with the smallest and the greatest value. Finished, it is a list of bins a group,
/// which is also how a rollup holds it.
/// </summary>
internal sealed class SketchAccumulator(Measure measure) : Accumulator
{
    private readonly GroupedHistograms _table = new();

    // What the state is when it is finished. Before, as long as nothing was added to the table: the first groups, as they came from another state.
    private readonly SparseHistograms _lists = new();
    private readonly MinMaxAccumulator _smallest = new(measure with { Kind = MeasureKind.Min });
    private readonly MinMaxAccumulator _greatest = new(measure with { Kind = MeasureKind.Max });
    private ushort[] _batchBins = [];
    private int[] _batchGroups = [];
    private long[] _batchCounts = [];
    private long[] _countOfBin = [];
    private int _groups;

    public override long AllocatedBytes => _table.AllocatedBytes + _smallest.AllocatedBytes + _greatest.AllocatedBytes + _lists.AllocatedBytes;

    /// <summary>The quantile of a finished state's group; NaN when it has no value.</summary>
    public double Quantile(int group, double quantile)
    {
        int bin = _lists.BinAt(group, quantile);
        return bin < 0 ? double.NaN : Math.Min(Math.Max(SketchBins.MiddleOf(bin), _smallest.ValueOf(group)), _greatest.ValueOf(group));
    }

    /// <summary>Whether the smallest and the greatest value come from totals of the field, and not from samples here.</summary>
    public bool HasTotals { get; private set; }

    /// <summary>Takes the smallest and the greatest value from totals from now on.</summary>
    public void TakeExtremes(FusedNumberStats totals)
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
        SelectionVector selection = batch.Where(measure.Condition);
        if (values.IsEmpty)
        {
            return;
        }

        Unlist();
        if (_batchBins.Length == 0)
        {
            _batchBins = new ushort[SelectionVector.Capacity];
            _batchGroups = new int[SelectionVector.Capacity];
            _batchCounts = new long[SelectionVector.Capacity];
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

    public override void Merge(Accumulator from, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        SketchAccumulator added = (SketchAccumulator)from;
        _smallest.Merge(added._smallest, rows, groups);
        _greatest.Merge(added._greatest, rows, groups);
        if (_table.IsEmpty && _lists.TryAppend(added._lists, rows, groups))
        {
            return;
        }

        Unlist();
        _table.Expect(added._lists.CountOf(rows));
        for (int i = 0; i < rows.Length; i++)
        {
            _table.Add(groups[i], added._lists.BinsOf(rows[i]), added._lists.CountsOf(rows[i]), _groups);
        }
    }

    public override void Finish(int groups)
    {
        if (_table.IsEmpty)
        {
            _lists.PadTo(groups);
        }
        else
        {
            _lists.Fill(_table, groups);
        }
    }

    public override void Clear(int groups)
    {
        _table.Clear();
        _lists.Clear();
        _smallest.Clear(groups);
        _greatest.Clear(groups);
    }

    public override void Write(ByteWriter writer, int groups, SymbolTable texts)
    {
        _smallest.Write(writer, groups, texts);
        _greatest.Write(writer, groups, texts);
        _lists.Write(writer, groups, withFirst: true);
    }

    /// <summary>Writes groups whose smallest and greatest values other states write; the smallest one's bin is the first.</summary>
    public void WriteBins(ByteWriter writer, int groups) => _lists.Write(writer, groups, withFirst: false);

    public override void ReserveForReading(int groups, SymbolTable texts)
    {
        _smallest.ReserveForReading(groups, texts);
        _greatest.ReserveForReading(groups, texts);
        _lists.ReserveForReading(groups);
    }

    public override void Read(ref ByteReader reader, int first, int groups)
    {
        _smallest.Read(ref reader, first, groups);
        _greatest.Read(ref reader, first, groups);
        _lists.Read(ref reader, first, groups, []);
    }

    /// <summary>Reads groups that <see cref="WriteBins"/> wrote, with the extremes that other states read.</summary>
    public void ReadBins(ref ByteReader reader, int first, int groups, MinMaxAccumulator smallest, MinMaxAccumulator greatest)
    {
        _smallest.CopyFrom(smallest, first, groups);
        _greatest.CopyFrom(greatest, first, groups);
        ushort[] rented = ArrayPool<ushort>.Shared.Rent(groups);
        Span<ushort> firstBins = rented.AsSpan(0, groups);
        for (int i = 0; i < groups; i++)
        {
            firstBins[i] = (ushort)SketchBins.Of(smallest.ValueOf(first + i));
        }

        _lists.Read(ref reader, first, groups, firstBins);
        ArrayPool<ushort>.Shared.Return(rented);
    }

    /// <summary>Passes over groups as they were written.</summary>
    public static void Skip(ref ByteReader reader, int groups)
    {
        reader.SkipNumbers(groups);
        reader.SkipNumbers(groups);
        reader.SkipNumbers(reader.SkipAscending(groups, withFirst: true));
    }

    /// <summary>Passes over groups that <see cref="WriteBins"/> wrote.</summary>
    public static void SkipBins(ref ByteReader reader, int groups) => reader.SkipNumbers(reader.SkipAscending(groups, withFirst: false));

    private void Unlist()
    {
        _table.Expect(_lists.Total);
        for (int group = 0; group < _lists.GroupCount; group++)
        {
            _table.Add(group, _lists.BinsOf(group), _lists.CountsOf(group), _groups);
        }

        _lists.Clear();
    }

    private void AddRows(ReadOnlySpan<long> values, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        ushort[] bins = _batchBins;
        int[] groupsOfBins = _batchGroups;
        SketchBins.OfRows(values, rows, bins);
        int count = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            bins[count] = bins[i];
            groupsOfBins[count] = groups[i];
            count += values[rows[i]] == NumberColumn.Missing ? 0 : 1;
        }

        _table.Expect(count);
        _table.Add(groupsOfBins.AsSpan(0, count), bins.AsSpan(0, count), _groups);
    }

    // The values of a run are counted by themselves, so that each of its bins is added once.
    private void AddRuns(ReadOnlySpan<long> values, SelectionVector selection)
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
