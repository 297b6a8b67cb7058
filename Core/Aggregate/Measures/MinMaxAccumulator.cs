using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>
/// The greatest value of a number field, or the smallest, which is the greatest of the negated. The smallest integer means missing and is its own
/// negative, so missing values need no test.
/// </summary>
internal sealed class MinMaxAccumulator(Measure measure) : Accumulator
{
    private readonly GroupArray<long> _greatest = new(NumberColumn.Missing);

    // 0 or −1: (value ^ flip) − flip is the value or its negative.
    private readonly long _flip = measure.Kind == MeasureKind.Min ? -1 : 0;

    public override long AllocatedBytes => _greatest.AllocatedBytes;

    public long ValueOf(int group) => (_greatest.Values[group] ^ _flip) - _flip;

    /// <summary>Takes the smallest and the greatest value of a group and keeps one of them. Without values, both are missing.</summary>
    public void Include(int group, long smallest, long greatest)
    {
        ref long kept = ref _greatest.Values[group];
        kept = Math.Max(kept, _flip == 0 ? greatest : unchecked(-smallest));
    }

    /// <summary>Takes some groups from another state of the same measure.</summary>
    public void CopyFrom(MinMaxAccumulator from, int first, int groups) =>
        from._greatest.Values.AsSpan(first, groups).CopyTo(_greatest.Values.AsSpan(first, groups));

    public override void Reserve(int groups) => _greatest.Reserve(groups);

    public override void Add(RowBatch batch)
    {
        ReadOnlySpan<long> values = batch.Chunk.Numbers(measure.Field);
        SelectionVector selection = batch.Where(measure.Condition);
        ReadOnlySpan<int> rows = selection.SelectedRows;
        ReadOnlySpan<int> groups = selection.SelectedGroups;
        long[] greatest = _greatest.Values;
        long flip = _flip;
        for (int i = 0; i < rows.Length && !values.IsEmpty; i++)
        {
            ref long group = ref greatest[groups[i]];
            group = Math.Max(group, (values[rows[i]] ^ flip) - flip);
        }
    }

    public override void Merge(Accumulator from, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        long[] added = ((MinMaxAccumulator)from)._greatest.Values;
        long[] greatest = _greatest.Values;
        for (int i = 0; i < rows.Length; i++)
        {
            ref long group = ref greatest[groups[i]];
            group = Math.Max(group, added[rows[i]]);
        }
    }

    public override void Clear(int groups) => _greatest.Clear(groups);

    public override void Write(ByteWriter writer, int groups, SymbolTable texts) => writer.WriteNumbers(_greatest.Values.AsSpan(0, groups));

    public override void ReserveForReading(int groups, SymbolTable texts) => _greatest.ReserveExactly(groups);

    public override void Read(ref ByteReader reader, int first, int groups) => reader.ReadNumbers(_greatest.Values.AsSpan(first, groups));
}
