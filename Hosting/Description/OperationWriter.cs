using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace TimeSeries.Hosting.Description;

/// <summary>Writes an <see cref="ApiOperation"/> as OpenAPI.</summary>
internal static class OperationWriter
{
    public static void Write(Utf8JsonWriter json, string tag, ApiOperation operation)
    {
        json.WriteStartObject();
        json.WriteString("operationId"u8, operation.Id);
        json.WriteStartArray("tags"u8);
        json.WriteStringValue(tag);
        json.WriteEndArray();
        json.WriteString("summary"u8, operation.Summary);
        if (operation.Description.Length > 0)
        {
            json.WriteString("description"u8, operation.Description);
        }

        WriteSecurity(json, operation.Security);
        WriteParameters(json, operation.Parameters);
        if (operation.Body is { } body)
        {
            json.WriteStartObject("requestBody"u8);
            json.WriteString("description"u8, body.Description);
            json.WriteBoolean("required"u8, true);
            WriteContents(json, body.Contents);
            json.WriteEndObject();
        }

        WriteAnswers(json, operation.Answers);
        json.WriteEndObject();
    }

    // Written also when none is needed: an empty list says so.
    private static void WriteSecurity(Utf8JsonWriter json, ImmutableArray<ImmutableArray<string>> ways)
    {
        json.WriteStartArray("security"u8);
        foreach (ImmutableArray<string> way in ways)
        {
            json.WriteStartObject();
            foreach (string scheme in way)
            {
                json.WriteStartArray(scheme);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteParameters(Utf8JsonWriter json, ImmutableArray<ApiParameter> parameters)
    {
        if (parameters.IsEmpty)
        {
            return;
        }

        json.WriteStartArray("parameters"u8);
        foreach (ApiParameter parameter in parameters)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, parameter.Name);
            json.WriteString("in"u8, parameter.Place switch
            {
                ParameterPlace.Path => "path",
                ParameterPlace.Query => "query",
                ParameterPlace.Header => "header",
                _ => throw new ArgumentOutOfRangeException(nameof(parameters)),
            });
            json.WriteString("description"u8, parameter.Description);
            if (parameter.IsRequired)
            {
                json.WriteBoolean("required"u8, true);
            }

            json.WritePropertyName("schema"u8);
            ShapeWriter.Write(json, parameter.Shape);
            WriteExample(json, parameter.Example);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteAnswers(Utf8JsonWriter json, ImmutableArray<ApiAnswer> answers)
    {
        json.WriteStartObject("responses"u8);
        foreach (ApiAnswer answer in answers)
        {
            json.WriteStartObject(answer.Status.ToString(CultureInfo.InvariantCulture));
            json.WriteString("description"u8, answer.Description);
            if (!answer.Headers.IsEmpty)
            {
                json.WriteStartObject("headers"u8);
                foreach ((string name, Shape shape, string description) in answer.Headers)
                {
                    json.WriteStartObject(name);
                    json.WriteString("description"u8, description);
                    json.WriteBoolean("required"u8, true);
                    json.WritePropertyName("schema"u8);
                    ShapeWriter.Write(json, shape);
                    json.WriteEndObject();
                }

                json.WriteEndObject();
            }

            WriteContents(json, answer.Contents);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteContents(Utf8JsonWriter json, ImmutableArray<ApiContent> contents)
    {
        if (contents.IsEmpty)
        {
            return;
        }

        json.WriteStartObject("content"u8);
        foreach (ApiContent content in contents)
        {
            json.WriteStartObject(content.MediaType);
            json.WritePropertyName("schema"u8);
            ShapeWriter.Write(json, content.Shape);
            WriteExample(json, content.Example);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteExample(Utf8JsonWriter json, string? example)
    {
        if (example is not null)
        {
            json.WritePropertyName("example"u8);
            json.WriteRawValue(example);
        }
    }
}
