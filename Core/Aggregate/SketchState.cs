using TimeSeries.Core.Model;

namespace TimeSeries.Core.Aggregate;

/// <summary>
/// The distribution of a number field: counts by <see cref="SketchBins"/>, with the smallest and the greatest value. Fed through a table of
/// (group, bin); settled, it is a list of bins a group, which is also how a rollup holds it.
/// </summary>
internal sealed class SketchState(Measure measure) : MeasureState
{
    private readonly BinCounts _table = new();
    private readonly ExtremeState _smallest = new(measure with { Kind = MeasureKind.Min });
    private readonly ExtremeState _greatest = new(measure with { Kind = MeasureKind.Max });
    private int[] _starts = [0];
    private ushort[] _bins = [];
    private long[] _counts = [];

    public override long AllocatedBytes => _table.AllocatedBytes + _smallest.AllocatedBytes + _greatest.AllocatedBytes
        + _starts.Length * (long)sizeof(int) + _bins.Length * (long)sizeof(ushort) + _counts.Length * (long)sizeof(long);

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

    public override void Reserve(int groups)
    {
        _smallest.Reserve(groups);
        _greatest.Reserve(groups);
    }

    public override void Add(RowBatch batch)
    {
        ReadOnlySpan<long> values = batch.Chunk.Numbers(measure.Field);
        RowSelection selection = batch.Where(measure.Condition);
        ReadOnlySpan<int> rows = selection.SelectedRows;
        ReadOnlySpan<int> groups = selection.SelectedGroups;
        for (int i = 0; i < rows.Length && !values.IsEmpty; i++)
        {
            long value = values[rows[i]];
            if (value != NumberColumn.Missing)
            {
                _table.Add(groups[i], SketchBins.Of(value), 1);
            }
        }

        _smallest.Add(batch);
        _greatest.Add(batch);
    }

    public override void Merge(MeasureState from, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        SketchState added = (SketchState)from;
        for (int i = 0; i < rows.Length; i++)
        {
            int row = rows[i];
            for (int place = added._starts[row]; place < added._starts[row + 1]; place++)
            {
                _table.Add(groups[i], added._bins[place], added._counts[place]);
            }
        }

        _smallest.Merge(added._smallest, rows, groups);
        _greatest.Merge(added._greatest, rows, groups);
    }

    public override void Settle(int groups)
    {
        int count = _table.Count;
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
}
