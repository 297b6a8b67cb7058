namespace TimeSeries.Tests.Support.Samples;

/// <summary>One field of several rows, side by side.</summary>
internal sealed class ColumnOfRows(string field, IReadOnlyList<SampleRow> rows)
{
    public object?[] Values { get; } = [.. rows.Select(row => row[field])];

    /// <summary>Whether all values are texts or null, and there is one.</summary>
    public bool IsText => Values.Any(value => value is string) && Values.All(value => value is string or null);

    /// <summary>Whether all values are whole numbers.</summary>
    public bool IsWhole => Values.All(value => value is long);

    /// <summary>Whether all values are numbers.</summary>
    public bool IsNumber => Values.All(value => value is long or double);

    /// <summary>All field names of the rows, in order of appearance.</summary>
    public static string[] Names(IEnumerable<SampleRow> rows) => [.. rows.SelectMany(row => row.Fields.Keys).Distinct()];

    /// <summary>The distinct texts, and for each row the place of its own, or null.</summary>
    public (string[] Texts, object?[] Index) AsDictionary()
    {
        string[] texts = [.. Values.OfType<string>().Distinct(StringComparer.Ordinal)];
        Dictionary<string, long> places = texts.Select((text, place) => (text, place))
            .ToDictionary(pair => pair.text, pair => (long)pair.place, StringComparer.Ordinal);
        return (texts, [.. Values.Select(value => value is string text ? (object)places[text] : null)]);
    }
}
