using System.Runtime.InteropServices;
using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>Sums of the squares of a number field, in 128 bits: room for 3 × 10⁸ samples of the longest duration there is.</summary>
internal sealed class SumOfSquaresAccumulator(Measure measure) : Accumulator
{
    private readonly GroupArray<UInt128> _sums = new(UInt128.Zero);

    public UInt128[] Sums => _sums.Values;

    public override long AllocatedBytes => _sums.AllocatedBytes;

    public override void Reserve(int groups) => _sums.Reserve(groups);

    public override void Add(RowBatch batch)
    {
        ReadOnlySpan<long> values = batch.Chunk.Numbers(measure.Field);
        SelectionVector selection = batch.Where(measure.Condition);
        ReadOnlySpan<int> rows = selection.SelectedRows;
        ReadOnlySpan<int> groups = selection.SelectedGroups;
        UInt128[] sums = _sums.Values;
        for (int i = 0; i < rows.Length && !values.IsEmpty; i++)
        {
            long value = values[rows[i]];
            ulong magnitude = value == NumberColumn.Missing ? 0 : (ulong)Math.Abs(value);
            ulong high = Math.BigMul(magnitude, magnitude, out ulong low);
            sums[groups[i]] += new UInt128(high, low);
        }
    }

    public override void Merge(Accumulator from, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        UInt128[] added = ((SumOfSquaresAccumulator)from).Sums;
        UInt128[] sums = _sums.Values;
        for (int i = 0; i < rows.Length; i++)
        {
            sums[groups[i]] += added[rows[i]];
        }
    }

    public override void Clear(int groups) => _sums.Clear(groups);

    public override void Write(ByteWriter writer, int groups, SymbolTable texts) => writer.WriteWide(Signed(0, groups));

    public override void ReserveForReading(int groups, SymbolTable texts) => _sums.ReserveExactly(groups);

    public override void Read(ref ByteReader reader, int first, int groups) => reader.ReadWide(Signed(first, groups));

    // The same 128 bits either way.
    private Span<Int128> Signed(int first, int groups) => MemoryMarshal.Cast<UInt128, Int128>(_sums.Values.AsSpan(first, groups));
}
