using Microsoft.OpenApi;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.OpenApi;
using static TimeSeries.Hosting.OpenApi.JsonSchema;

namespace TimeSeries.Query.Api;

/// <summary>The schemas of the responses of <c>/api/v1</c>; samples come from <see cref="SampleSchema"/>.</summary>
internal static class ApiSchemas
{
    public static OpenApiSchema Kind() => Enum(SampleSchema.All.Select(kind => kind.Name));

    public static OpenApiSchema Source() => Enum(["rollup", "raw", "both"]);

    public static OpenApiSchema Watermark() => String("The arrival time through which the response is complete.", "date-time");

    public static OpenApiSchema Aggregate() => Object(
        ("kind", Kind()), ("from", Time()), ("to", Time()), ("window", String().OrNull()),
        ("columns", Array(Object(("name", String()), ("unit", String())))),
        ("rows", Array(Array(Cell()), "A value a column, null where a group has none.")),
        ("total", Count("Rows before limit.")), ("source", Source()), ("watermark", Watermark()));

    /// <summary>A line of NDJSON: a value a column.</summary>
    public static OpenApiSchema RowLine() => AnyOf(Map(Cell()), Failure());

    public static OpenApiSchema Heatmap() => Object(
        ("from", Time()), ("to", Time()), ("xStep", Integer(1, description: "Milliseconds of a column.")),
        ("yEdges", Array(Number(0), "Milliseconds at which each row begins, ascending from 0.")),
        ("count", Array(Bin(), "Samples of each bin.")), ("errors", Array(Bin(), "Those of them that are errors.")), ("total", Count()));

    public static OpenApiSchema Page() => Object(
        ("kind", Kind()), ("from", Time()), ("to", Time()), ("samples", Array(AnySample(), maxItems: 10_000)),
        ("next", String("The cursor of what follows; null at the end.").OrNull()));

    /// <summary>A line of NDJSON: a sample.</summary>
    public static OpenApiSchema SampleLine() => AnyOf(AnySample(), Failure());

    /// <summary>A schema a kind: a sample as it is given back.</summary>
    public static IEnumerable<(string Name, OpenApiSchema Schema)> Samples() =>
        SampleSchema.All.Select(kind => (NameOf(kind), Object(kind.Fields.Select(field => (field.Name, Value(field), field.Required)))));

    public static OpenApiSchema Agents() => Object(("agents", Array(Object(
        ("oid", Int32()), ("oname", String()), ("okind", String()), ("onode", String()),
        ("first_seen", Time("Time of its oldest sample.")), ("last_seen", Time("Time of its newest sample.")))))).WithOptional(
        ("next", String("The cursor of what follows; absent at the end.")));

    public static OpenApiSchema Kinds() => Object(("kinds", Array(Object(("name", String()), ("fields", Array(Object(
        ("name", String()), ("type", Enum(["time", "integer", "boolean", "duration", "number", "string", "map"])), ("unit", String()), ("required", Boolean()),
        ("from", Enum(["sample", "agent"]))).WithOptional(
        ("digits", Count()), ("minimum", Integer()), ("maximum", Integer()), ("format", Enum(["guid"])), ("max_bytes", Count()),
        ("over_limit", Enum(["cut", "reject"])), ("max_entries", Count()), ("allowed", Array(String())), ("any_case", Boolean()))))))));

    private static OpenApiSchema Cell() => Scalar().OrNull();

    private static OpenApiSchema Bin() => Array(Integer(0), "Column, row and number of samples.");

    // A failure in the middle is the last line.
    private static OpenApiSchema Failure() => Object(("error", String()));

    private static OpenApiSchema AnySample() => AnyOf(SampleSchema.All.Select(kind => Ref(NameOf(kind))));

    private static string NameOf(KindSchema kind) => "Stored" + kind.Kind;

    private static OpenApiSchema Value(Field field) => field.Type switch
    {
        FieldType.Time => Time(),
        FieldType.Integer => Integer(field.Minimum, field.Maximum, format: "int64"),
        FieldType.Boolean => Boolean(),
        FieldType.Duration => Number(0, description: "Milliseconds."),
        FieldType.Number => Number(0),
        FieldType.Text when field.IsGuid => String(format: "uuid"),
        FieldType.Text => field.Allowed.IsEmpty ? String() : Enum(field.Allowed),
        FieldType.Map => Map(String()),
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };
}
