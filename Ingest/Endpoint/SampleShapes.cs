using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Description;

namespace TimeSeries.Ingest.Endpoint;

/// <summary>What a batch may hold, made from <see cref="SampleSchema"/>: a field that is added there is described here.</summary>
internal static class SampleShapes
{
    public const string BatchExample =
        """
        {"agent":{"oname":"shop-8080","okind":"tomcat"},"id":"01JDA0XW5RZK7",
        "transaction":[{"time":1700000000000,"service":"/cart","elapsed":12.5,"status":200}],
        "thread":{"fields":["time","count"],"rows":[[1700000000000,42]]},
        "sql":{"time":[1700000000000,1700000000001],"sql":{"dict":["select 1"],"index":[0,0]},"elapsed":[1.5,2]}}
        """;

    public static IEnumerable<string> KindNames => SampleSchema.All.Select(kind => kind.Name);

    public static Shape Batch() => Shape.Record(
    [
        new Shape.Member("agent", Agent(), IsOptional: true),
        new Shape.Member("id", Shape.Text.Saying("Idempotency key, at most 64 bytes: the same batch sent again is not stored again."), IsOptional: true),
        .. SampleSchema.All.Select(kind => new Shape.Member(kind.Name, Samples(kind), IsOptional: true)),
    ]) with
    { IsOpen = true, Description = "At least one sample. Unknown kinds and fields are told in the answer and cost nothing." };

    /// <summary>A schema a kind: one sample as a row.</summary>
    public static IEnumerable<(string Name, Shape Shape)> Kinds() => SampleSchema.All.Select(kind => (RowName(kind), Row(kind)));

    private static string RowName(KindSchema kind) => kind.Kind + "Sample";

    private static Shape Agent() => Shape.Record(
        [.. SampleSchema.Of(Kind.Alert).Fields.Where(field => field.FromEnvelope).Select(field => new Shape.Member(field.Name, Value(field), field.Name != "oname"))])
        with
    { IsOpen = true, Description = "Who pushes; may be left out when every sample names its own, or there are only alerts and events. oid is made from oname when absent." };

    private static Shape Samples(KindSchema kind) => Shape.Either(
        Shape.List(Shape.Of(RowName(kind))).Saying("Rows."),
        Shape.Record(("fields", Shape.List(Shape.Text)), ("rows", Shape.List(Shape.List(Shape.Any)))).Saying("Table: the names once, then a list of values a sample.") with { IsOpen = true },
        Columns(kind));

    private static Shape Row(KindSchema kind) =>
        Shape.Record([.. OfSample(kind).Select(field => new Shape.Member(field.Name, Value(field), !field.Required))]) with { IsOpen = true };

    private static Shape Columns(KindSchema kind) =>
        Shape.Record([.. OfSample(kind).Select(field => new Shape.Member(field.Name, Column(field), !field.Required))])
            .Saying("Columns: lists of the same length. A column of texts may be a dictionary with indexes; in MessagePack one of numbers may be packed.") with
        { IsOpen = true };

    private static Shape Column(Field field)
    {
        Shape values = Shape.List(Value(field));
        return field.Type == FieldType.Text
            ? Shape.Either(values, Shape.Record(("dict", Shape.List(Value(field))), ("index", Shape.List(Shape.Count.OrNull()))))
            : values;
    }

    private static IEnumerable<Field> OfSample(KindSchema kind) => kind.Fields.Where(field => !field.FromEnvelope);

    private static Shape Value(Field field)
    {
        Shape value = field.Type switch
        {
            FieldType.Time => Shape.Time with { Minimum = 1_000_000_000_000, Maximum = 9_999_999_999_999 },
            FieldType.Integer => Shape.Integer with { Format = "int64", Minimum = field.Minimum, Maximum = field.Maximum },
            FieldType.Boolean => Shape.Boolean,
            FieldType.Duration => Shape.Number with { Minimum = field.Minimum / 1_000, Maximum = field.Maximum / 1_000 },
            FieldType.Number => Shape.Number with { Minimum = field.Minimum / 1_000_000, Maximum = field.Maximum / 1_000_000 },
            FieldType.Text => Text(field),
            FieldType.Map => Shape.Map(Shape.Text with { MaxLength = field.MaxBytes }) with { MaxMembers = SampleSchema.MaxMapEntries },
            _ => throw new ArgumentOutOfRangeException(nameof(field)),
        };
        string says = Says(field);
        value = says.Length > 0 ? value.Saying(says) : value;
        return field.Required ? value : value.OrNull();
    }

    // A text of n bytes has at most n characters, so the limit in characters refuses nothing that is allowed.
    private static Shape Text(Field field) =>
        field.IsGuid ? Shape.Text
        : field.Allowed.IsEmpty ? Shape.Text with { MinLength = field.Required ? 1 : null, MaxLength = field.OverLimit == OverLimit.Reject ? field.MaxBytes : null }
        : field.AllowedInAnyCase ? Shape.Text with { Pattern = "^(" + string.Join('|', field.Allowed.Select(AnyCase)) + ")$" }
        : Shape.OneOf([.. field.Allowed]);

    private static string AnyCase(string text) =>
        string.Concat(text.Select(letter => char.IsAsciiLetter(letter) ? $"[{char.ToUpperInvariant(letter)}{char.ToLowerInvariant(letter)}]" : $"{letter}"));

    private static string Says(Field field) => field.Type switch
    {
        FieldType.Time => "Milliseconds since the Unix epoch, 13 digits.",
        FieldType.Text when field.IsGuid => "A GUID; made when absent. The first sample of an id wins.",
        FieldType.Text when !field.Allowed.IsEmpty => field.AllowedInAnyCase ? string.Join(", ", field.Allowed) + ", in any case." : "",
        FieldType.Text => $"At most {field.MaxBytes} bytes of UTF-8; {(field.OverLimit == OverLimit.Cut ? "a longer one is cut" : "a longer one costs the sample")}.",
        FieldType.Map => $"Texts by name; each at most {field.MaxBytes} bytes of UTF-8.",
        _ => field.Unit switch { "ms" => "Milliseconds.", "By" => "Bytes.", _ => "" },
    };
}
