namespace TimeSeries.Benchmarks.Wire.Fresh;

/// <summary>
/// The widths that a column's numbers have in a body. A number is replaced by one of the same width, which keeps each number's share. Immutable; thread safe.
/// </summary>
internal sealed class NumberWidths
{
    private const int MaxFractionDigits = 3;

    private readonly byte[]? _ofRows;
    private readonly NumberWidth[] _all;

    private NumberWidths(NumberWidth[] all, byte[]? ofRows) => (_all, _ofRows) = (all, ofRows);

    /// <summary>Whether every number of the source has the same width here.</summary>
    public bool AreEqual => _ofRows is null && _all[0] is { Span: >= 1, Step: 0 };

    /// <summary>The width of a sample's number.</summary>
    public ref readonly NumberWidth this[int row] => ref _all[_ofRows is null ? 0 : _ofRows[row]];

    /// <summary>Finds the widths of numbers.</summary>
    /// <param name="layout">How they lie in the body.</param>
    /// <param name="numbers">Those that were written.</param>
    /// <param name="source">Where others come from; null for another column.</param>
    public static NumberWidths Of(ValueLayout layout, ReadOnlySpan<long> numbers, Quantiles? source)
    {
        if (layout is not (ValueLayout.MessagePackInteger or ValueLayout.Digits or ValueLayout.DecimalDigits))
        {
            return new NumberWidths([new NumberWidth(long.MinValue, long.MaxValue, 0, 0)], null);
        }

        List<NumberWidth> all = [];
        byte[] ofRows = new byte[numbers.Length];
        for (int row = 0; row < ofRows.Length; row++)
        {
            NumberWidth width = layout switch
            {
                ValueLayout.MessagePackInteger => Packed(numbers[row]),
                ValueLayout.Digits => Digits(numbers[row]),
                _ => Decimal(numbers[row]),
            };
            int index = all.IndexOf(width);
            ofRows[row] = (byte)(index < 0 ? all.Count : index);
            if (index < 0)
            {
                all.Add(width);
            }
        }

        return new NumberWidths([.. all.Select(width => source is null ? width : width.SharedBy(source))], all.Count == 1 ? null : ofRows);
    }

    private static NumberWidth Packed(long number) => number switch
    {
        <= sbyte.MaxValue => new(0, sbyte.MaxValue, 0, 0),
        <= byte.MaxValue => new(sbyte.MaxValue + 1, byte.MaxValue, sizeof(byte), 0),
        <= ushort.MaxValue => new(byte.MaxValue + 1, ushort.MaxValue, sizeof(ushort), 0),
        <= uint.MaxValue => new(ushort.MaxValue + 1, uint.MaxValue, sizeof(uint), 0),
        _ => new(uint.MaxValue + 1L, long.MaxValue, sizeof(ulong), 0),
    };

    private static NumberWidth Digits(long number)
    {
        long low = 0, high = 9;
        int digits = 1;
        while (number > high)
        {
            (low, high) = (high + 1, high > long.MaxValue / 10 - 1 ? long.MaxValue : (high * 10) + 9);
            digits++;
        }

        return new NumberWidth(low, high, digits, 0);
    }

    private static NumberWidth Decimal(long thousandths)
    {
        NumberWidth whole = Digits(thousandths / Quantiles.Thousandths);
        int fraction = MaxFractionDigits;
        for (long rest = thousandths; fraction > 0 && rest % 10 == 0; rest /= 10)
        {
            fraction--;
        }

        return new NumberWidth(
            whole.Low * Quantiles.Thousandths, (whole.High * Quantiles.Thousandths) + Quantiles.Thousandths - 1, whole.Bytes, fraction)
        {
            Step = (long)Math.Pow(10, MaxFractionDigits - fraction),
        };
    }
}
