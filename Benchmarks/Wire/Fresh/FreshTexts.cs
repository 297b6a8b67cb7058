using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace TimeSeries.Benchmarks.Wire.Fresh;

/// <summary>A column whose texts stand with their samples. Not thread safe.</summary>
internal sealed class FreshTexts : FreshColumn
{
    private readonly FreshColumn? _leader;
    private readonly TextDraw _draw;
    private readonly int[] _offsets;
    private readonly int[] _lengths;

    /// <param name="column">The column as it was written.</param>
    /// <param name="places">Where in the body.</param>
    /// <param name="leader">The column that decides; null when texts are drawn.</param>
    public FreshTexts(WireColumn column, ValuePlaces places, FreshColumn? leader)
    {
        _leader = leader;
        _offsets = [.. places.Offsets];
        _lengths = new int[_offsets.Length];
        for (int row = 0; row < _lengths.Length; row++)
        {
            _lengths[row] = column.Text(row).Length;
        }

        _draw = new TextDraw(column.Source!, _lengths);
    }

    protected override void Draw(int first, Span<long> drawn, ref ulong state) =>
        _draw.Draw(first, _leader is null ? [] : _leader.Drawn, drawn, ref state);

    protected override void Write(Span<byte> body, int first, ReadOnlySpan<long> drawn)
    {
        ReadOnlySpan<byte> slots = _draw.Texts.Slots;
        int slotBytes = _draw.Texts.SlotBytes;
        ReadOnlySpan<int> offsets = _offsets.AsSpan(first, drawn.Length);
        ReadOnlySpan<int> lengths = _lengths.AsSpan(first, drawn.Length);
        for (int i = 0; i < drawn.Length; i++)
        {
            Copy(slots[((int)drawn[i] * slotBytes)..], body[offsets[i]..], lengths[i]);
        }
    }

    // By two loads and stores that may overlap, for the lengths that most texts have: a copy of any length takes three times as long.
    private static void Copy(ReadOnlySpan<byte> from, Span<byte> to, int length)
    {
        if (length is >= sizeof(ulong) and <= 2 * sizeof(ulong))
        {
            int second = length - sizeof(ulong);
            ulong end = BinaryPrimitives.ReadUInt64LittleEndian(from[second..]);
            BinaryPrimitives.WriteUInt64LittleEndian(to, BinaryPrimitives.ReadUInt64LittleEndian(from));
            BinaryPrimitives.WriteUInt64LittleEndian(to[second..], end);
        }
        else if (length > Vector128<byte>.Count && length <= 2 * Vector128<byte>.Count)
        {
            int second = length - Vector128<byte>.Count;
            Vector128<byte> end = Vector128.Create(from[second..]);
            Vector128.Create(from).CopyTo(to);
            end.CopyTo(to[second..]);
        }
        else
        {
            from[..length].CopyTo(to);
        }
    }
}
