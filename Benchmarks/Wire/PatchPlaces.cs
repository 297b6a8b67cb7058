using TimeSeries.Benchmarks.Wire.Fresh;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Wire;

/// <summary>Where in a body the values lie that change from one sending to the next.</summary>
internal sealed class PatchPlaces
{
    /// <summary>How the times are laid out.</summary>
    public TimeLayout TimeLayout { get; set; }

    /// <summary>Offsets of the times, in the order of samples.</summary>
    public List<int> Times { get; } = [];

    /// <summary>Offsets of the ids, each <see cref="PreparedBody.IdBytes"/> hexadecimal digits long.</summary>
    public List<int> Ids { get; } = [];

    /// <summary>Where the values of columns lie that are drawn again; null when only times and ids change.</summary>
    public Dictionary<WireColumn, ValuePlaces>? Values { get; init; }

    /// <summary>The texts that are drawn for a column, also by another column; null when it keeps its own.</summary>
    public TextChoices? ChoicesOf(WireColumn column) => Values is null || column.Field.Type != FieldType.Text ? null : column.Source switch
    {
        TextChoices choices => choices,
        LinkedTexts linked => linked.Texts,
        _ => null,
    };

    /// <summary>Notes a value, if it is to be drawn again and can be.</summary>
    /// <param name="column">Its column.</param>
    /// <param name="layout">How it lies there; null when no other can be written over it.</param>
    /// <param name="offset">Where.</param>
    /// <param name="dictionaryOffset">Where its dictionary begins, if it has one.</param>
    public void Note(WireColumn column, ValueLayout? layout, int offset, int dictionaryOffset = 0)
    {
        if (Values is null || column.Source is null || layout is not { } known)
        {
            return;
        }

        if (!Values.TryGetValue(column, out ValuePlaces? places))
        {
            Values.Add(column, places = new ValuePlaces(known) { DictionaryOffset = dictionaryOffset });
        }

        places.Offsets.Add(offset);
    }
}
