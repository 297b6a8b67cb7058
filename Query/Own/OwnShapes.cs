using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Description;

namespace TimeSeries.Query.Own;

/// <summary>The schemas of the answers of <c>/api/v1</c>; samples come from <see cref="SampleSchema"/>.</summary>
internal static class OwnShapes
{
    private static readonly Shape _cell = Shape.Scalar.OrNull();

    // A failure in the middle is the last line.
    private static readonly Shape _failure = Shape.Record(("error", Shape.Text));

    public static Shape Source { get; } = Shape.OneOf("rollup", "raw", "both");

    public static Shape Watermark { get; } = (Shape.Text with { Format = "date-time" }).Saying("The arrival time through which the answer is complete.");

    public static Shape Aggregate(string[] kinds) => Shape.Record(
        ("kind", Shape.OneOf(kinds)), ("from", Shape.Time), ("to", Shape.Time), ("window", Shape.Text.OrNull()),
        ("columns", Shape.List(Shape.Record(("name", Shape.Text), ("unit", Shape.Text)))),
        ("rows", Shape.List(Shape.List(_cell)).Saying("A value a column, null where a group has none.")),
        ("total", Shape.Count.Saying("Rows before limit.")), ("source", Source), ("watermark", Watermark));

    /// <summary>A line of NDJSON: a value a column.</summary>
    public static Shape AnyRow() => Shape.Either(Shape.Map(_cell), _failure);

    public static Shape Page(string[] kinds) => Shape.Record(
        ("kind", Shape.OneOf(kinds)), ("from", Shape.Time), ("to", Shape.Time), ("samples", Shape.List(AnySample()) with { MaxItems = 10_000 }),
        ("next", Shape.Text.OrNull().Saying("The cursor of what follows; null at the end.")));

    public static Shape AnySample() => Shape.Either([.. SampleSchema.All.Select(kind => Shape.Of(NameOf(kind)))]);

    /// <summary>A line of NDJSON: a sample.</summary>
    public static Shape AnyLine() => Shape.Either(AnySample(), _failure);

    /// <summary>A schema a kind: a sample as it is given back.</summary>
    public static IEnumerable<(string Name, Shape Shape)> Samples() => SampleSchema.All.Select(kind => (NameOf(kind), Sample(kind)));

    public static Shape Agents() => Shape.Record(("agents", Shape.List(Shape.Record(
        ("oid", Shape.Int32), ("oname", Shape.Text), ("okind", Shape.Text), ("onode", Shape.Text),
        ("first_seen", Shape.Time.Saying("Time of its oldest sample.")), ("last_seen", Shape.Time.Saying("Time of its newest sample."))))));

    public static Shape Kinds() => Shape.Record(("kinds", Shape.List(Shape.Record(("name", Shape.Text), ("fields", Shape.List(Shape.Record(
        ("name", Shape.Text), ("type", Shape.OneOf("time", "integer", "boolean", "duration", "number", "string", "map")), ("unit", Shape.Text), ("required", Shape.Boolean),
        ("from", Shape.OneOf("sample", "agent")),
        Optional("digits", Shape.Count), Optional("minimum", Shape.Integer), Optional("maximum", Shape.Integer), Optional("format", Shape.OneOf("guid")),
        Optional("max_bytes", Shape.Count), Optional("over_limit", Shape.OneOf("cut", "reject")), Optional("max_entries", Shape.Count),
        Optional("allowed", Shape.List(Shape.Text)), Optional("any_case", Shape.Boolean))))))));

    private static string NameOf(KindSchema kind) => "Stored" + kind.Kind;

    private static Shape Sample(KindSchema kind) => Shape.Record([.. kind.Fields.Select(field => new Shape.Member(field.Name, Value(field), IsOptional: !field.Required))]);

    private static Shape Value(Field field) => field.Type switch
    {
        FieldType.Time => Shape.Time,
        FieldType.Integer => Shape.Integer with { Format = "int64", Minimum = field.Minimum, Maximum = field.Maximum },
        FieldType.Boolean => Shape.Boolean,
        FieldType.Duration => (Shape.Number with { Minimum = 0 }).Saying("Milliseconds."),
        FieldType.Number => Shape.Number with { Minimum = 0 },
        FieldType.Text when field.IsGuid => Shape.Text with { Format = "uuid" },
        FieldType.Text => field.Allowed.IsEmpty ? Shape.Text : Shape.OneOf([.. field.Allowed]),
        FieldType.Map => Shape.Map(Shape.Text),
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    private static Shape.Member Optional(string name, Shape shape) => new(name, shape, IsOptional: true);
}
