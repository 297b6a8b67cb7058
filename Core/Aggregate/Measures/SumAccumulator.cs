using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>Sums of a number field, in 128 bits, so that no sum overflows.</summary>
internal sealed class SumAccumulator(Measure measure) : Accumulator
{
    private readonly GroupArray<Int128> _sums = new(Int128.Zero);

    public Int128[] Sums => _sums.Values;

    public override long AllocatedBytes => _sums.AllocatedBytes;

    public override void Reserve(int groups) => _sums.Reserve(groups);

    public override void Add(RowBatch batch)
    {
        ReadOnlySpan<long> values = batch.Chunk.Numbers(measure.Field);
        SelectionVector selection = batch.Where(measure.Condition);
        ReadOnlySpan<int> rows = selection.SelectedRows;
        ReadOnlySpan<int> groups = selection.SelectedGroups;
        Int128[] sums = _sums.Values;
        for (int i = 0; i < rows.Length && !values.IsEmpty; i++)
        {
            long value = values[rows[i]];
            sums[groups[i]] += value == NumberColumn.Missing ? 0 : value;
        }
    }

    public override void Merge(Accumulator from, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        Int128[] added = ((SumAccumulator)from).Sums;
        Int128[] sums = _sums.Values;
        for (int i = 0; i < rows.Length; i++)
        {
            sums[groups[i]] += added[rows[i]];
        }
    }

    public override void Clear(int groups) => _sums.Clear(groups);

    public override void Write(ByteWriter writer, int groups, SymbolTable texts) => writer.WriteWide(_sums.Values.AsSpan(0, groups));

    public override void ReserveForReading(int groups, SymbolTable texts) => _sums.ReserveExactly(groups);

    public override void Read(ref ByteReader reader, int first, int groups) => reader.ReadWide(_sums.Values.AsSpan(first, groups));
}
