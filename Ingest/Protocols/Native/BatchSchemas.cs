using Microsoft.OpenApi;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.OpenApi;
using static TimeSeries.Hosting.OpenApi.JsonSchema;

namespace TimeSeries.Ingest.Protocols.Native;

/// <summary>What a batch may hold, made from <see cref="SampleSchema"/>: a field that is added there is described here.</summary>
internal static class BatchSchemas
{
    public const string Example =
        $$"""
        {"agent":{"oname":"shop-8080","okind":"tomcat"},
        "transaction":[{"time":{{ExampleTime.Now}},"service":"/cart","elapsed":12.5,"status":200}],
        "thread":{"fields":["time","count"],"rows":[[{{ExampleTime.Now}},42]]},
        "sql":{"time":[{{ExampleTime.HourBefore}},{{ExampleTime.Now}}],"sql":{"dict":["select 1"],"index":[0,0]},"elapsed":[1.5,2]} }
        """;

    public static IEnumerable<string> KindNames => SampleSchema.All.Select(kind => kind.Name);

    public static OpenApiSchema Batch() => Object()
        .WithOptional(
        [
            ("agent", Agent()),
            ("id", String("Idempotency key, at most 64 bytes: the same batch sent again is not stored again.")),
            .. SampleSchema.All.Select(kind => (kind.Name, Samples(kind))),
        ])
        .Open().Described("At least one sample. Unknown kinds and fields are told in the response and cost nothing.");

    /// <summary>A schema a kind: one sample as a row.</summary>
    public static IEnumerable<(string Name, OpenApiSchema Schema)> Rows() =>
        SampleSchema.All.Select(kind => (RowName(kind), Object(OfSample(kind).Select(field => (field.Name, Value(field), field.Required))).Open()));

    private static string RowName(KindSchema kind) => kind.Kind + "Sample";

    private static OpenApiSchema Agent() =>
        Object(SampleSchema.Of(Kind.Alert).Fields.Where(field => field.FromEnvelope).Select(field => (field.Name, Value(field), field.Name == "oname")))
            .Open().Described(
                "Who pushes; may be left out when every sample names its own, or there are only alerts and events. oid is made from oname when absent.");

    private static OpenApiSchema Samples(KindSchema kind) => AnyOf(
        Array(Ref(RowName(kind)), "Rows."),
        Object(("fields", Array(String())), ("rows", Array(Array(Any())))).Open().Described("Table: the names once, then a list of values a sample."),
        Object(OfSample(kind).Select(field => (field.Name, Column(field), field.Required))).Open()
            .Described("Columns: lists of the same length. A column of texts may be a dictionary with indexes; in MessagePack one of numbers may be packed."));

    private static OpenApiSchema Column(Field field) => field.Type == FieldType.Text
        ? AnyOf(Array(Value(field)), Object(("dict", Array(Value(field))), ("index", Array(Count().OrNull()))))
        : Array(Value(field));

    private static IEnumerable<Field> OfSample(KindSchema kind) => kind.Fields.Where(field => !field.FromEnvelope);

    private static OpenApiSchema Value(Field field)
    {
        OpenApiSchema value = field.Type switch
        {
            FieldType.Time => Integer(1_000_000_000_000, 9_999_999_999_999, format: "int64"),
            FieldType.Integer => Integer(field.Minimum, field.Maximum, format: "int64"),
            FieldType.Boolean => Boolean(),
            FieldType.Duration => Number(field.Minimum / 1_000, field.Maximum / 1_000),
            FieldType.Number => Number(field.Minimum / 1_000_000, field.Maximum / 1_000_000),
            FieldType.Text => Text(field),
            FieldType.Map => Texts(field),
            _ => throw new ArgumentOutOfRangeException(nameof(field)),
        };
        value.Description = Description(field);
        return field.Required ? value : value.OrNull();
    }

    // A text of n bytes has at most n characters, so the limit in characters refuses nothing that is allowed.
    private static OpenApiSchema Text(Field field)
    {
        if (!field.Allowed.IsEmpty)
        {
            return field.AllowedInAnyCase ? String(pattern: "^(" + string.Join('|', field.Allowed.Select(AnyCase)) + ")$") : Enum(field.Allowed);
        }

        OpenApiSchema text = String();
        if (!field.IsGuid)
        {
            text.MinLength = field.Required ? 1 : null;
            text.MaxLength = field.OverLimit == OverLimit.Reject ? field.MaxBytes : null;
        }

        return text;
    }

    private static OpenApiSchema Texts(Field field)
    {
        OpenApiSchema text = String();
        text.MaxLength = field.MaxBytes;
        OpenApiSchema texts = Map(text);
        texts.MaxProperties = SampleSchema.MaxMapEntries;
        return texts;
    }

    private static string AnyCase(string text) =>
        string.Concat(text.Select(letter => char.IsAsciiLetter(letter) ? $"[{char.ToUpperInvariant(letter)}{char.ToLowerInvariant(letter)}]" : $"{letter}"));

    private static string? Description(Field field) => field.Type switch
    {
        FieldType.Time => "Milliseconds since the Unix epoch, 13 digits.",
        FieldType.Text when field.IsGuid => "A GUID; made when absent. The first sample of an id wins.",
        FieldType.Text when !field.Allowed.IsEmpty => field.AllowedInAnyCase ? string.Join(", ", field.Allowed) + ", in any case." : null,
        FieldType.Text => $"At most {field.MaxBytes} bytes of UTF-8; a longer one {(field.OverLimit == OverLimit.Cut ? "is cut" : "costs the sample")}.",
        FieldType.Map => $"Texts by name; each at most {field.MaxBytes} bytes of UTF-8.",
        _ => field.Unit switch { "ms" => "Milliseconds.", "By" => "Bytes.", _ => null },
    };
}
