using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Support.Samples;

/// <summary>One field of several rows, side by side.</summary>
internal sealed class ColumnOfRows(string field, IReadOnlyList<SampleRow> rows)
{
    public object?[] Values { get; } = [.. rows.Select(row => row[field])];

    /// <summary>Whether the field is of texts or maps, and a row has it: only such columns may be dictionaries.</summary>
    public bool MayBeDictionary { get; } =
        SampleSchema.All.Single(kind => kind.Name == rows[0].Kind).Find(field) is { IsText: true } && rows.Any(row => row[field] is not null);

    /// <summary>Whether all values are whole numbers.</summary>
    public bool IsWhole => Values.All(value => value is long);

    /// <summary>Whether all values are numbers.</summary>
    public bool IsNumber => Values.All(value => value is long or double);

    /// <summary>All field names of the rows, in order of appearance.</summary>
    public static string[] Names(IEnumerable<SampleRow> rows) => [.. rows.SelectMany(row => row.Fields.Keys).Distinct()];

    /// <summary>The distinct values, and for each row the place of its value, or null.</summary>
    public (object[] Distinct, object?[] Index) AsDictionary()
    {
        object[] distinct = [.. Values.OfType<object>().Distinct()];
        Dictionary<object, long> places = distinct.Select((value, place) => (value, place)).ToDictionary(pair => pair.value, pair => (long)pair.place);
        return (distinct, [.. Values.Select(value => value is null ? null : (object)places[value])]);
    }
}
