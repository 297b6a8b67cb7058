using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>
/// Sums of a number field or of its squares, in 128 bits, so that no sum overflows. Sums of squares are unsigned: room for 3 × 10⁸ samples of the longest
/// duration.
/// </summary>
internal sealed class SumAccumulator(Measure measure) : Accumulator
{
    // Signed and unsigned sums are added in the same way.
    private readonly GroupArray<Int128> _sums = new(Int128.Zero);

    /// <summary>Whether <see cref="SquaresOf"/> gives the sums, not <see cref="Sums"/>.</summary>
    public bool IsOfSquares => measure.Kind == MeasureKind.SumOfSquares;

    public Int128[] Sums => _sums.Values;

    public override long AllocatedBytes => _sums.AllocatedBytes;

    public UInt128 SquaresOf(int group) => unchecked((UInt128)_sums.Values[group]);

    public override void Reserve(int groups) => _sums.Reserve(groups);

    public override void Add(RowBatch batch)
    {
        ReadOnlySpan<long> values = batch.Chunk.Numbers(measure.Field);
        SelectionVector selection = batch.Where(measure.Condition);
        ReadOnlySpan<int> rows = selection.SelectedRows;
        ReadOnlySpan<int> groups = selection.SelectedGroups;
        if (values.IsEmpty)
        {
            return;
        }

        if (IsOfSquares)
        {
            AddSquares(values, rows, groups);
            return;
        }

        Int128[] sums = _sums.Values;
        for (int i = 0; i < rows.Length; i++)
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

    private void AddSquares(ReadOnlySpan<long> values, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        Int128[] sums = _sums.Values;
        for (int i = 0; i < rows.Length; i++)
        {
            long value = values[rows[i]];
            ulong magnitude = value == NumberColumn.Missing ? 0 : (ulong)Math.Abs(value);
            ulong high = Math.BigMul(magnitude, magnitude, out ulong low);
            sums[groups[i]] += new Int128(high, low);
        }
    }
}
