using System.Collections.Immutable;
using System.Text.Json;

namespace TimeSeries.Hosting.Description;

/// <summary>Writes a <see cref="Shape"/> as JSON Schema.</summary>
internal static class ShapeWriter
{
    public static void Write(Utf8JsonWriter json, Shape shape)
    {
        json.WriteStartObject();
        if (shape.Reference is { } name)
        {
            json.WriteString("$ref"u8, "#/components/schemas/" + name);
        }

        WriteTypes(json, shape.Types);
        WriteText(json, shape);
        WriteTexts(json, "enum", shape.Allowed);
        WriteNumber(json, "minimum", shape.Minimum);
        WriteNumber(json, "maximum", shape.Maximum);
        WriteNumber(json, "minLength", shape.MinLength);
        WriteNumber(json, "maxLength", shape.MaxLength);
        WriteNumber(json, "maxItems", shape.MaxItems);
        WriteNumber(json, "maxProperties", shape.MaxMembers);
        if (shape.Default is { } value)
        {
            json.WritePropertyName("default"u8);
            json.WriteRawValue(value);
        }

        if (!shape.Choices.IsEmpty)
        {
            json.WriteStartArray("anyOf"u8);
            foreach (Shape choice in shape.Choices)
            {
                Write(json, choice);
            }

            json.WriteEndArray();
        }

        if (shape.Elements is { } elements)
        {
            json.WritePropertyName("items"u8);
            Write(json, elements);
        }

        if (shape.Types.Contains("object"))
        {
            WriteMembers(json, shape);
        }

        json.WriteEndObject();
    }

    private static void WriteTypes(Utf8JsonWriter json, ImmutableArray<string> types)
    {
        if (types.Length == 1)
        {
            json.WriteString("type"u8, types[0]);
            return;
        }

        WriteTexts(json, "type", types);
    }

    private static void WriteText(Utf8JsonWriter json, Shape shape)
    {
        foreach ((string name, string? text) in new[] { ("description", shape.Description), ("format", shape.Format), ("pattern", shape.Pattern) })
        {
            if (text is not null)
            {
                json.WriteString(name, text);
            }
        }
    }

    private static void WriteMembers(Utf8JsonWriter json, Shape shape)
    {
        if (!shape.Members.IsEmpty)
        {
            json.WriteStartObject("properties"u8);
            foreach (Shape.Member member in shape.Members)
            {
                json.WritePropertyName(member.Name);
                Write(json, member.Shape);
            }

            json.WriteEndObject();
            WriteTexts(json, "required", [.. shape.Members.Where(member => !member.IsOptional).Select(member => member.Name)]);
        }

        if (shape.Others is { } others)
        {
            json.WritePropertyName("additionalProperties"u8);
            Write(json, others);
        }
        else if (!shape.IsOpen)
        {
            json.WriteBoolean("additionalProperties"u8, false);
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, ImmutableArray<string> texts)
    {
        if (texts.IsEmpty)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, decimal? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
    }
}
