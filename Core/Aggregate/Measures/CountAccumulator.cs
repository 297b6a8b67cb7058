using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>Counts samples: all, those with a value in a field, or those whose value lies in the range of an apdex count.</summary>
internal sealed class CountAccumulator : Accumulator
{
    private readonly GroupArray<long> _counts = new(0);
    private readonly Measure _measure;
    private readonly bool _isText;

    // Without the smallest number, which means missing, any range holds present values only.
    private readonly long _low = NumberColumn.Missing + 1;
    private readonly long _high = long.MaxValue;

    public CountAccumulator(Measure measure, bool isText)
    {
        _measure = measure;
        _isText = isText;
        long threshold = measure.ThresholdMicroseconds;
        if (measure.Kind is MeasureKind.Satisfied)
        {
            _high = threshold;
        }
        else if (measure.Kind is MeasureKind.Tolerated)
        {
            _low = threshold + 1;
            _high = threshold > long.MaxValue / 4 ? long.MaxValue : threshold * 4;
        }
    }

    public long[] Counts => _counts.Values;

    public override long AllocatedBytes => _counts.AllocatedBytes;

    public override void Reserve(int groups) => _counts.Reserve(groups);

    public override void Add(RowBatch batch)
    {
        SelectionVector selection = _measure.HasThreshold ? batch.WhereNotFailed() : batch.Where(_measure.Condition);
        if (_measure.Field < 0)
        {
            CountAll(selection);
        }
        else if (_isText)
        {
            CountTexts(selection, batch.Chunk.Codes(_measure.Field));
        }
        else
        {
            CountNumbers(selection, batch.Chunk.Numbers(_measure.Field));
        }
    }

    public override void Merge(Accumulator from, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        long[] added = ((CountAccumulator)from).Counts;
        long[] counts = _counts.Values;
        for (int i = 0; i < rows.Length; i++)
        {
            counts[groups[i]] += added[rows[i]];
        }
    }

    public override void Clear(int groups) => _counts.Clear(groups);

    public override void Write(ByteWriter writer, int groups, SymbolTable texts) => writer.WriteNumbers(_counts.Values.AsSpan(0, groups));

    public override void ReserveForReading(int groups, SymbolTable texts) => _counts.ReserveExactly(groups);

    public override void Read(ref ByteReader reader, int first, int groups) => reader.ReadNumbers(_counts.Values.AsSpan(first, groups));

    private void CountAll(SelectionVector selection)
    {
        long[] counts = _counts.Values;
        if (selection.RunCount > 0)
        {
            int start = 0;
            for (int run = 0; run < selection.RunCount; run++)
            {
                counts[selection.RunGroups[run]] += selection.RunEnds[run] - start;
                start = selection.RunEnds[run];
            }

            return;
        }

        foreach (int group in selection.SelectedGroups)
        {
            counts[group]++;
        }
    }

    private void CountTexts(SelectionVector selection, ReadOnlySpan<int> codes)
    {
        ReadOnlySpan<int> rows = selection.SelectedRows;
        ReadOnlySpan<int> groups = selection.SelectedGroups;
        long[] counts = _counts.Values;
        for (int i = 0; i < rows.Length && !codes.IsEmpty; i++)
        {
            counts[groups[i]] += codes[rows[i]] >= 0 ? 1 : 0;
        }
    }

    private void CountNumbers(SelectionVector selection, ReadOnlySpan<long> values)
    {
        ReadOnlySpan<int> rows = selection.SelectedRows;
        ReadOnlySpan<int> groups = selection.SelectedGroups;
        long[] counts = _counts.Values;
        (long low, long high) = (_low, _high);
        for (int i = 0; i < rows.Length && !values.IsEmpty; i++)
        {
            long value = values[rows[i]];
            counts[groups[i]] += value >= low && value <= high ? 1 : 0;
        }
    }
}
