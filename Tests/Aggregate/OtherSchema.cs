using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Aggregate;

/// <summary>Declarations of a kind as an earlier or later version may have had them.</summary>
internal static class OtherSchema
{
    private const int CommonFields = 5;

    /// <summary>The kind with a new field behind the common ones and all others in reverse order, so that nearly every ordinal is another.</summary>
    public static KindSchema Reordered(KindSchema today)
    {
        Field[] fields = [.. today.Fields[..CommonFields], new("added", FieldType.Integer), .. today.Fields[CommonFields..].Reverse()];
        return With(today, fields, ordinal => Array.FindIndex(fields, field => field.Name == today.Fields[ordinal].Name));
    }

    /// <summary>The kind with one field changed.</summary>
    public static KindSchema Changed(KindSchema today, string name, Func<Field, Field> change) =>
        With(today, [.. today.Fields.Select(field => field.Name == name ? change(field) : field)], ordinal => ordinal);

    /// <summary>A row of one declaration as one of another; fields that the other lacks are left out.</summary>
    public static Row RowOf(KindSchema schema, Row row)
    {
        Row copy = new(schema);
        foreach (Field field in row.Schema.Fields.Where(field => schema.Find(field.Name) is not null))
        {
            copy.With(field.Name, row.Number(field.Ordinal)).With(field.Name, row.Text(field.Ordinal));
        }

        return copy;
    }

    private static KindSchema With(KindSchema today, Field[] fields, Func<int, int> moved) =>
        new(today.Kind, today.Name, [.. fields], _ => [.. today.Rollups.Select(spec => spec with
        {
            Keys = [.. spec.Keys.Select(moved)],
            Measures = [.. spec.Measures.Select(measure => measure.Field < 0 ? measure : measure with { Field = moved(measure.Field) })],
            PresentField = spec.PresentField is { } present ? moved(present) : null,
        })]);
}
