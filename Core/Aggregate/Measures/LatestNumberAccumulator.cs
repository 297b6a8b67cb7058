using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>The value of a number field at the greatest time, then the greatest value.</summary>
internal sealed class LatestNumberAccumulator(Measure measure) : Accumulator
{
    private readonly GroupArray<long> _times = new(NumberColumn.Missing);
    private readonly GroupArray<long> _numbers = new(NumberColumn.Missing);

    public long[] Numbers => _numbers.Values;

    /// <summary>The time of each group's number, or <see cref="NumberColumn.Missing"/>.</summary>
    public long[] Times => _times.Values;

    public override long AllocatedBytes => _times.AllocatedBytes + _numbers.AllocatedBytes;

    public override void Reserve(int groups)
    {
        _times.Reserve(groups);
        _numbers.Reserve(groups);
    }

    public override void Add(RowBatch batch)
    {
        ReadOnlySpan<long> values = batch.Chunk.Numbers(measure.Field);
        SelectionVector selection = batch.Where(measure.Condition);
        if (!values.IsEmpty)
        {
            Take(values, batch.Chunk.Numbers(KindSchema.Time), selection.SelectedRows, selection.SelectedGroups);
        }
    }

    public override void Merge(Accumulator from, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        LatestNumberAccumulator added = (LatestNumberAccumulator)from;
        Take(added._numbers.Values, added._times.Values, rows, groups);
    }

    public override void Clear(int groups)
    {
        _times.Clear(groups);
        _numbers.Clear(groups);
    }

    public override void Write(ByteWriter writer, int groups, SymbolTable texts)
    {
        writer.WriteNumbers(_times.Values.AsSpan(0, groups));
        writer.WriteNumbers(_numbers.Values.AsSpan(0, groups));
    }

    public override void ReserveForReading(int groups, SymbolTable texts)
    {
        _times.ReserveExactly(groups);
        _numbers.ReserveExactly(groups);
    }

    public override void Read(ref ByteReader reader, int first, int groups)
    {
        reader.ReadNumbers(_times.Values.AsSpan(first, groups));
        reader.ReadNumbers(_numbers.Values.AsSpan(first, groups));
    }

    private void Take(ReadOnlySpan<long> values, ReadOnlySpan<long> valueTimes, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        long[] times = _times.Values;
        long[] numbers = _numbers.Values;
        for (int i = 0; i < rows.Length; i++)
        {
            long value = values[rows[i]];
            long time = valueTimes[rows[i]];
            int group = groups[i];
            bool later = time > times[group] || (time == times[group] && value > numbers[group]);
            if (value != NumberColumn.Missing && later)
            {
                times[group] = time;
                numbers[group] = value;
            }
        }
    }
}
