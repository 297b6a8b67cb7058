using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TimeSeries.Benchmarks.Wire.Fresh;

/// <summary>A column of numbers. Not thread safe.</summary>
internal sealed class FreshNumbers : FreshColumn
{
    private readonly Quantiles? _source;
    private readonly FreshColumn? _leader;
    private readonly double _share;
    private readonly ValueLayout _layout;
    private readonly int[] _offsets;
    private readonly NumberWidths _widths;

    /// <param name="column">The column as it was written.</param>
    /// <param name="places">Where in the body.</param>
    /// <param name="leader">The column that decides; null when numbers are drawn.</param>
    public FreshNumbers(WireColumn column, ValuePlaces places, FreshColumn? leader)
    {
        _source = column.Source as Quantiles;
        _leader = leader;
        _share = (column.Source as LinkedNumbers)?.Share ?? 1;
        _layout = places.Layout;
        _offsets = [.. places.Offsets];
        _widths = NumberWidths.Of(_layout, column.IsDecimal ? ThousandthsOf(column) : column.Numbers.Values, _source);
    }

    protected override void Draw(int first, Span<long> drawn, ref ulong state)
    {
        if (_leader is not null)
        {
            ReadOnlySpan<long> leading = _leader.Drawn;
            for (int i = 0; i < drawn.Length; i++)
            {
                ref readonly NumberWidth width = ref _widths[first + i];
                long fitting = width.Fit((long)(leading[i] * _share + 0.5));
                drawn[i] = fitting > leading[i] ? fitting - width.Step : fitting;
            }
        }
        else if (_widths.AreEqual)
        {
            ulong own = state;
            for (int i = 0; i < drawn.Length; i++)
            {
                drawn[i] = _source!.At(SplitMix.NextShare(ref own));
            }

            state = own;
        }
        else
        {
            ulong own = state;
            for (int i = 0; i < drawn.Length; i++)
            {
                ref readonly NumberWidth width = ref _widths[first + i];
                drawn[i] = width.Fit(_source!.At(width.Share + width.Span * SplitMix.NextShare(ref own)));
            }

            state = own;
        }
    }

    protected override void Write(Span<byte> body, int first, ReadOnlySpan<long> drawn)
    {
        switch (_layout)
        {
            case ValueLayout.MessagePackInteger:
                WriteIntegers(body, first, drawn);
                break;
            case ValueLayout.MessagePackDecimal:
                WriteDecimals(body, first, drawn);
                break;
            case ValueLayout.MessagePackBoolean:
                WriteBooleans(body, first, drawn);
                break;
            case ValueLayout.Digits or ValueLayout.DecimalDigits:
                WriteDigits(body, first, drawn);
                break;
            default:
                WritePacked(body[_offsets[0]..], first, drawn);
                break;
        }
    }

    private void WriteIntegers(Span<byte> body, int first, ReadOnlySpan<long> drawn)
    {
        ReadOnlySpan<int> offsets = _offsets.AsSpan(first, drawn.Length);
        if (_widths.AreEqual && _widths[0].Bytes == 0)
        {
            for (int i = 0; i < drawn.Length; i++)
            {
                body[offsets[i]] = (byte)drawn[i];
            }

            return;
        }

        for (int i = 0; i < drawn.Length; i++)
        {
            int offset = offsets[i];
            switch (_widths[first + i].Bytes)
            {
                case 0:
                    body[offset] = (byte)drawn[i];
                    break;
                case sizeof(byte):
                    body[offset + 1] = (byte)drawn[i];
                    break;
                case sizeof(ushort):
                    BinaryPrimitives.WriteUInt16BigEndian(body[(offset + 1)..], (ushort)drawn[i]);
                    break;
                case sizeof(uint):
                    BinaryPrimitives.WriteUInt32BigEndian(body[(offset + 1)..], (uint)drawn[i]);
                    break;
                default:
                    BinaryPrimitives.WriteInt64BigEndian(body[(offset + 1)..], drawn[i]);
                    break;
            }
        }
    }

    private void WriteDecimals(Span<byte> body, int first, ReadOnlySpan<long> drawn)
    {
        ReadOnlySpan<int> offsets = _offsets.AsSpan(first, drawn.Length);
        for (int i = 0; i < drawn.Length; i++)
        {
            BinaryPrimitives.WriteDoubleBigEndian(body[(offsets[i] + 1)..], Decimal(drawn[i]));
        }
    }

    private void WriteBooleans(Span<byte> body, int first, ReadOnlySpan<long> drawn)
    {
        ReadOnlySpan<int> offsets = _offsets.AsSpan(first, drawn.Length);
        for (int i = 0; i < drawn.Length; i++)
        {
            body[offsets[i]] = MessagePackWireWriter.CodeOf(drawn[i] != 0);
        }
    }

    private void WriteDigits(Span<byte> body, int first, ReadOnlySpan<long> drawn)
    {
        for (int i = 0; i < drawn.Length; i++)
        {
            ref readonly NumberWidth width = ref _widths[first + i];
            Span<byte> place = body[_offsets[first + i]..];
            ulong rest = (ulong)(width.Step <= 1 ? drawn[i] : drawn[i] / width.Step);
            for (int digit = width.FractionDigits; digit > 0; digit--, rest /= 10)
            {
                place[width.Bytes + digit] = (byte)('0' + rest % 10);
            }

            for (int digit = width.Bytes - 1; digit >= 0; digit--, rest /= 10)
            {
                place[digit] = (byte)('0' + rest % 10);
            }
        }
    }

    private void WritePacked(Span<byte> values, int first, ReadOnlySpan<long> drawn)
    {
        if (_layout == ValueLayout.PackedInt32)
        {
            Span<int> places = MemoryMarshal.Cast<byte, int>(values).Slice(first, drawn.Length);
            for (int i = 0; i < drawn.Length; i++)
            {
                places[i] = (int)drawn[i];
            }
        }
        else if (_layout == ValueLayout.PackedInt64)
        {
            drawn.CopyTo(MemoryMarshal.Cast<byte, long>(values)[first..]);
        }
        else
        {
            Span<double> places = MemoryMarshal.Cast<byte, double>(values).Slice(first, drawn.Length);
            for (int i = 0; i < drawn.Length; i++)
            {
                places[i] = Decimal(drawn[i]);
            }
        }
    }

    // The division gives the double that is nearest to the decimal, as parsing its digits would.
    private static double Decimal(long thousandths) => (double)thousandths / Quantiles.Thousandths;

    private static long[] ThousandthsOf(WireColumn column)
    {
        long[] numbers = new long[column.Count];
        for (int row = 0; row < numbers.Length; row++)
        {
            numbers[row] = (long)Math.Round(column.Decimal(row) * Quantiles.Thousandths);
        }

        return numbers;
    }
}
