using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using TimeSeries.Hosting.Running;

namespace TimeSeries.Hosting.Description;

/// <summary>
/// The OpenAPI 3.1 document of a host (spec.openapis.org/oas/v3.1.1), put together from what its parts say of themselves. Made once; thread safe.
/// </summary>
internal sealed class ApiDocument(IEnumerable<IApiDescription> descriptions)
{
    private const string Version = "3.1.1";

    // Shown as text by every reader; content type and sniffing rule keep it from being HTML.
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    private readonly Lazy<ReadOnlyMemory<byte>> _utf8 = new(() => Write([.. descriptions.Select(description => description.Describe())]));

    public ReadOnlyMemory<byte> Utf8 => _utf8.Value;

    private static ReadOnlyMemory<byte> Write(ImmutableArray<ApiPart> parts)
    {
        ArrayBufferWriter<byte> buffer = new(1 << 16);
        using Utf8JsonWriter json = new(buffer, _options);
        json.WriteStartObject();
        json.WriteString("openapi"u8, Version);
        WriteHead(json, parts);
        WritePaths(json, parts);
        json.WriteStartObject("components"u8);
        WriteSchemas(json, parts);
        WriteSchemes(json, parts);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteHead(Utf8JsonWriter json, ImmutableArray<ApiPart> parts)
    {
        json.WriteStartObject("info"u8);
        json.WriteString("title"u8, "TimeSeries"u8);
        json.WriteString("version"u8, HostVersion.Text);
        json.WriteString("description"u8, "A time-series ingestion engine with a query API for application performance monitoring."u8);
        json.WriteEndObject();
        json.WriteStartArray("servers"u8);
        json.WriteStartObject();
        json.WriteString("url"u8, "/"u8);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("tags"u8);
        foreach (ApiPart part in parts)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, part.Tag);
            json.WriteString("description"u8, part.Summary);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePaths(Utf8JsonWriter json, ImmutableArray<ApiPart> parts)
    {
        json.WriteStartObject("paths"u8);
        foreach (var path in parts.SelectMany(part => part.Operations.Select(operation => (part.Tag, Operation: operation))).GroupBy(pair => pair.Operation.Path))
        {
            json.WriteStartObject(path.Key);
            foreach ((string tag, ApiOperation operation) in path)
            {
                json.WritePropertyName(operation.Method);
                OperationWriter.Write(json, tag, operation);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteSchemas(Utf8JsonWriter json, ImmutableArray<ApiPart> parts)
    {
        json.WriteStartObject("schemas"u8);
        foreach ((string name, Shape shape) in parts.SelectMany(part => part.Schemas).DistinctBy(schema => schema.Name))
        {
            json.WritePropertyName(name);
            ShapeWriter.Write(json, shape);
        }

        json.WriteEndObject();
    }

    private static void WriteSchemes(Utf8JsonWriter json, ImmutableArray<ApiPart> parts)
    {
        json.WriteStartObject("securitySchemes"u8);
        foreach (ApiScheme scheme in parts.SelectMany(part => part.Schemes).DistinctBy(scheme => scheme.Name))
        {
            json.WriteStartObject(scheme.Name);
            if (scheme.Header is { } header)
            {
                json.WriteString("type"u8, "apiKey"u8);
                json.WriteString("in"u8, "header"u8);
                json.WriteString("name"u8, header);
            }
            else
            {
                json.WriteString("type"u8, "http"u8);
                json.WriteString("scheme"u8, "bearer"u8);
            }

            json.WriteString("description"u8, scheme.Description);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
