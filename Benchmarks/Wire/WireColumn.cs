using TimeSeries.Benchmarks.Wire.Fresh;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Wire;

/// <summary>
/// One field of samples that are about to be sent, as they stand on the wire: durations and numbers are decimals, not yet whole µs or millionths.
/// Its memory is kept when it is emptied. Not thread safe.
/// </summary>
internal sealed class WireColumn(Field field)
{
    public Field Field { get; } = field;

    /// <summary>Whether values are decimals, kept as the bits of a double in <see cref="Numbers"/>.</summary>
    public bool IsDecimal { get; } = field.Type is FieldType.Duration or FieldType.Number;

    /// <summary>Whether each sent body gets other texts of the same length here: ids that never repeat.</summary>
    public bool IsFresh { get; init; }

    /// <summary>Where its values come from; null when others can't be drawn in their place.</summary>
    public ValueSource? Source { get; init; }

    public NumberColumn Numbers { get; } = new();

    public TextColumn Texts { get; } = new();

    /// <summary>Whether some sample has no value here.</summary>
    public bool HasMissing { get; private set; }

    public int Count => Field.IsText ? Texts.Count : Numbers.Count;

    public void Add(long value) => Numbers.Set(Numbers.Count, value);

    // The bits of −0 are those of the missing value; adding 0 turns it into 0 and changes nothing else.
    public void Add(double value) => Numbers.Set(Numbers.Count, BitConverter.DoubleToInt64Bits(value + 0.0));

    public void Add(ReadOnlySpan<byte> text) => Texts.Set(Texts.Count, text);

    public void AddMissing()
    {
        HasMissing = true;
        if (Field.IsText)
        {
            Texts.SetCode(Texts.Count, TextColumn.Missing);
        }
        else
        {
            Numbers.Set(Numbers.Count, NumberColumn.Missing);
        }
    }

    public bool IsMissing(int row) =>
        HasMissing && (Field.IsText ? Texts.Codes[row] == TextColumn.Missing : Numbers.Values[row] == NumberColumn.Missing);

    public double Decimal(int row) => BitConverter.Int64BitsToDouble(Numbers.Values[row]);

    public ReadOnlySpan<byte> Text(int row) => Texts.Symbols[Texts.Codes[row]];

    public void Clear()
    {
        Numbers.Clear();
        Texts.Clear();
        HasMissing = false;
    }
}
