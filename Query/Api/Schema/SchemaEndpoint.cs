using System.Buffers;
using System.Text;
using System.Text.Json;
using MessagePack;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Families;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Api.Schema;

/// <summary>
/// <c>GET /api/v1/schema</c>: kinds and fields as agents push them, with types, units and limits in the units of the wire.
/// Says what <see cref="SampleSchema"/> says. Thread safe.
/// </summary>
internal static class SchemaEndpoint
{
    private const int MicrosecondsPerMillisecond = 1_000;
    private const int Millionths = 1_000_000;
    private const int TimeDigits = 13;

    // All kinds take some 11 KiB.
    private const int BufferBytes = 16 << 10;

    private static readonly Lazy<byte[]> _json = new(JsonSchema);
    private static readonly Lazy<byte[]> _messagePack = new(static () => MessagePackSerializer.ConvertFromJson(Encoding.UTF8.GetString(_json.Value)));

    public static async Task HandleAsync(HttpContext context)
    {
        if (new ApiParameters(context.Request).FindUnknown() is { } wrong)
        {
            await context.WriteErrorAsync(StatusCodes.Status400BadRequest, wrong);
            return;
        }

        ResponseFormat format = ValueResponse.AcceptedFormat(context.Request);
        ValueResponse.SetHead(context, format);
        byte[] body = (format == ResponseFormat.MessagePack ? _messagePack : _json).Value;
        context.Response.ContentLength = body.Length;
        await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
    }

    private static byte[] JsonSchema()
    {
        ArrayBufferWriter<byte> buffer = new(BufferBytes);
        using Utf8JsonWriter json = new(buffer, JsonResponse.Options);
        json.WriteStartObject();
        json.WriteStartArray("kinds"u8);
        foreach (KindSchema kind in SampleSchema.All)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, kind.Name);
            json.WriteStartArray("fields"u8);
            foreach (Field field in kind.Fields)
            {
                WriteField(json, field);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteField(Utf8JsonWriter json, Field field)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, field.Name);
        json.WriteString("type"u8, TypeName(field.Type));
        json.WriteString("unit"u8, field.Unit);
        json.WriteBoolean("required"u8, field.Required);
        // Such a field is read from the batch's agent, never from a sample.
        json.WriteString("from"u8, field.FromEnvelope ? "agent" : "sample");
        WriteLimits(json, field);
        if (!field.Allowed.IsEmpty)
        {
            json.WriteStartArray("allowed"u8);
            foreach (string allowed in field.Allowed)
            {
                json.WriteStringValue(allowed);
            }

            json.WriteEndArray();
            json.WriteBoolean("any_case"u8, field.AllowedInAnyCase);
        }

        json.WriteEndObject();
    }

    private static void WriteLimits(Utf8JsonWriter json, Field field)
    {
        switch (field.Type)
        {
            case FieldType.Time:
                json.WriteNumber("digits"u8, TimeDigits);
                break;
            case FieldType.Integer:
                WriteRange(json, field, 1);
                break;
            case FieldType.Duration:
                WriteRange(json, field, MicrosecondsPerMillisecond);
                break;
            case FieldType.Number:
                WriteRange(json, field, Millionths);
                break;
            case FieldType.Text when field.IsGuid:
                json.WriteString("format"u8, "guid"u8);
                break;
            case FieldType.Text when field.Allowed.IsEmpty:
                WriteTextLimit(json, field);
                break;
            case FieldType.Map:
                WriteTextLimit(json, field);
                json.WriteNumber("max_entries"u8, SampleSchema.MaxMapEntries);
                break;
            case FieldType.Text or FieldType.Boolean:
                break;
        }
    }

    // Limits are declared as values are kept, in whole parts of the wire's unit.
    private static void WriteRange(Utf8JsonWriter json, Field field, int partsPerUnit)
    {
        json.WriteNumber("minimum"u8, field.Minimum / partsPerUnit);
        json.WriteNumber("maximum"u8, field.Maximum / partsPerUnit);
    }

    private static void WriteTextLimit(Utf8JsonWriter json, Field field)
    {
        json.WriteNumber("max_bytes"u8, field.MaxBytes);
        json.WriteString("over_limit"u8, field.OverLimit == OverLimit.Cut ? "cut" : "reject");
    }

    private static string TypeName(FieldType type) => type switch
    {
        FieldType.Time => "time",
        FieldType.Integer => "integer",
        FieldType.Boolean => "boolean",
        FieldType.Duration => "duration",
        FieldType.Number => "number",
        FieldType.Text => "string",
        FieldType.Map => "map",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
