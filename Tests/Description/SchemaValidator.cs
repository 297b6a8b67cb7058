using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TimeSeries.Tests.Description;

/// <summary>
/// Holds JSON against a schema (JSON Schema 2020-12), the keywords that the document uses. Any other keyword is an error, so that nothing goes unchecked.
/// Formats are checked, not only noted.
/// </summary>
/// <param name="root">The document that <c>$ref</c> points into.</param>
internal sealed class SchemaValidator(JsonElement root)
{
    private const int MostFaults = 8;

    private static readonly string[] _keywords =
    [
        "$ref", "type", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern", "format", "items", "maxItems", "properties",
        "required", "additionalProperties",
        "maxProperties", "anyOf", "description", "default",
    ];

    private static readonly string[] _types = ["string", "number", "integer", "boolean", "null", "object", "array"];

    private static readonly Dictionary<string, Func<JsonElement, bool>> _formats = new()
    {
        ["int32"] = value => value.ValueKind != JsonValueKind.Number || value.TryGetInt32(out _),
        ["int64"] = value => value.ValueKind != JsonValueKind.Number || value.TryGetInt64(out _),
        ["uuid"] = value => value.ValueKind != JsonValueKind.String || Guid.TryParseExact(value.GetString(), "D", out _),
        ["date"] = value => value.ValueKind != JsonValueKind.String
            || DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        ["date-time"] = value => value.ValueKind != JsonValueKind.String || IsMoment(value.GetString()!),
    };

    /// <summary>What is wrong with a value, a line each; empty when nothing is.</summary>
    /// <exception cref="NotSupportedException">The schema holds a keyword, type or format that is not checked here.</exception>
    public string Faults(JsonElement value, JsonElement schema) => string.Join('\n', Check("$", value, schema).Take(MostFaults));

    /// <summary>Throws when a schema, or one inside it, holds something that is not checked here, or points nowhere.</summary>
    public void RequireKnown(JsonElement schema)
    {
        RequireKeywords(schema);
        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            Resolve(reference.GetString()!);
        }

        foreach (string name in new[] { "items", "additionalProperties" })
        {
            if (schema.TryGetProperty(name, out JsonElement inner) && inner.ValueKind == JsonValueKind.Object)
            {
                RequireKnown(inner);
            }
        }

        foreach (JsonElement choice in Elements(schema, "anyOf"))
        {
            RequireKnown(choice);
        }

        foreach (JsonProperty property in Members(schema, "properties"))
        {
            RequireKnown(property.Value);
        }
    }

    private IEnumerable<string> Check(string path, JsonElement value, JsonElement schema)
    {
        RequireKeywords(schema);
        IEnumerable<string> faults = [];
        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            faults = Check(path, value, Resolve(reference.GetString()!));
        }

        if (schema.TryGetProperty("anyOf", out JsonElement choices))
        {
            string[][] each = [.. choices.EnumerateArray().Select(choice => Check(path, value, choice).Take(MostFaults).ToArray())];
            if (!each.Any(found => found.Length == 0))
            {
                faults = faults.Append($"{path}: none of {each.Length} choices, of which the nearest says {each.MinBy(found => found.Length)![0]}");
            }
        }

        return faults.Concat(CheckValue(path, value, schema)).Concat(value.ValueKind switch
        {
            JsonValueKind.Object => CheckObject(path, value, schema),
            JsonValueKind.Array => CheckArray(path, value, schema),
            JsonValueKind.String => CheckText(path, value.GetString()!, schema),
            JsonValueKind.Number => CheckNumber(path, value, schema),
            _ => [],
        });
    }

    private static IEnumerable<string> CheckValue(string path, JsonElement value, JsonElement schema)
    {
        if (schema.TryGetProperty("type", out JsonElement type) && !(type.ValueKind == JsonValueKind.Array ? type.EnumerateArray() : Enumerable.Repeat(type, 1))
            .Any(one => IsOf(value, one.GetString()!)))
        {
            yield return $"{path}: {Show(value)} is not {type}";
        }

        if (schema.TryGetProperty("enum", out JsonElement allowed) && !allowed.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)))
        {
            yield return $"{path}: {Show(value)} is not one of {allowed}";
        }

        if (schema.TryGetProperty("format", out JsonElement format) && !_formats[format.GetString()!](value))
        {
            yield return $"{path}: {Show(value)} is no {format}";
        }
    }

    private IEnumerable<string> CheckObject(string path, JsonElement value, JsonElement schema)
    {
        foreach (JsonElement name in Elements(schema, "required").Where(name => !value.TryGetProperty(name.GetString()!, out _)))
        {
            yield return $"{path}.{name}: missing";
        }

        if (schema.TryGetProperty("maxProperties", out JsonElement most) && value.EnumerateObject().Count() > most.GetInt32())
        {
            yield return $"{path}: more than {most} members";
        }

        schema.TryGetProperty("properties", out JsonElement properties);
        bool hasOthers = schema.TryGetProperty("additionalProperties", out JsonElement others);
        HashSet<string> seen = [];
        foreach (JsonProperty member in value.EnumerateObject())
        {
            string at = $"{path}.{member.Name}";
            if (!seen.Add(member.Name))
            {
                yield return $"{at}: twice";
            }

            if (properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(member.Name, out JsonElement own))
            {
                foreach (string fault in Check(at, member.Value, own))
                {
                    yield return fault;
                }
            }
            else if (hasOthers && others.ValueKind == JsonValueKind.False)
            {
                yield return $"{at}: not described";
            }
            else if (hasOthers && others.ValueKind == JsonValueKind.Object)
            {
                foreach (string fault in Check(at, member.Value, others))
                {
                    yield return fault;
                }
            }
        }
    }

    private IEnumerable<string> CheckArray(string path, JsonElement value, JsonElement schema)
    {
        if (schema.TryGetProperty("maxItems", out JsonElement most) && value.GetArrayLength() > most.GetInt32())
        {
            yield return $"{path}: more than {most} elements";
        }

        if (!schema.TryGetProperty("items", out JsonElement items))
        {
            yield break;
        }

        int index = 0;
        foreach (JsonElement element in value.EnumerateArray())
        {
            foreach (string fault in Check($"{path}[{index}]", element, items))
            {
                yield return fault;
            }

            index++;
        }
    }

    private static IEnumerable<string> CheckText(string path, string text, JsonElement schema)
    {
        int Length() => text.EnumerateRunes().Count();
        if (schema.TryGetProperty("minLength", out JsonElement least) && Length() < least.GetInt32())
        {
            yield return $"{path}: shorter than {least}";
        }

        if (schema.TryGetProperty("maxLength", out JsonElement most) && Length() > most.GetInt32())
        {
            yield return $"{path}: longer than {most}";
        }

        if (schema.TryGetProperty("pattern", out JsonElement pattern) && !Regex.IsMatch(text, pattern.GetString()!, RegexOptions.ECMAScript))
        {
            yield return $"{path}: \"{text}\" does not match {pattern}";
        }
    }

    private static IEnumerable<string> CheckNumber(string path, JsonElement value, JsonElement schema)
    {
        if (schema.TryGetProperty("minimum", out JsonElement least) && Compare(value, least) < 0)
        {
            yield return $"{path}: {value} is less than {least}";
        }

        if (schema.TryGetProperty("maximum", out JsonElement most) && Compare(value, most) > 0)
        {
            yield return $"{path}: {value} is more than {most}";
        }
    }

    private static int Compare(JsonElement value, JsonElement limit) =>
        value.TryGetDecimal(out decimal exact) && limit.TryGetDecimal(out decimal bound) ? exact.CompareTo(bound) : value.GetDouble()
            .CompareTo(limit.GetDouble());

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" =>
            value.ValueKind == JsonValueKind.Number && (value.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') < 0 || double.IsInteger(value.GetDouble())),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => value.ValueKind == JsonValueKind.Array,
    };

    // RFC 3339: whole date, T, seconds, a zone.
    private static bool IsMoment(string text) =>
        Regex.IsMatch(text, @"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$")
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static void RequireKeywords(JsonElement schema)
    {
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            bool isKnown = keyword.Name switch
            {
                "type" => (keyword.Value.ValueKind == JsonValueKind.Array ? keyword.Value.EnumerateArray() : Enumerable.Repeat(keyword.Value, 1))
                    .All(type => _types.Contains(type.GetString())),
                "format" => _formats.ContainsKey(keyword.Value.GetString()!),
                _ => _keywords.Contains(keyword.Name),
            };
            if (!isKnown)
            {
                throw new NotSupportedException($"The schema holds {keyword}, which is not checked.");
            }
        }
    }

    private JsonElement Resolve(string reference)
    {
        JsonElement found = root;
        foreach (string part in reference.StartsWith("#/", StringComparison.Ordinal) ? reference[2..].Split('/') : throw new NotSupportedException(reference))
        {
            found = found.TryGetProperty(part, out JsonElement inner) ? inner : throw new NotSupportedException($"{reference} points nowhere.");
        }

        return found;
    }

    private static IEnumerable<JsonElement> Elements(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out JsonElement found) ? found.EnumerateArray() : Enumerable.Empty<JsonElement>();

    private static IEnumerable<JsonProperty> Members(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out JsonElement found) ? found.EnumerateObject() : Enumerable.Empty<JsonProperty>();

    private static string Show(JsonElement value)
    {
        StringBuilder text = new(value.GetRawText());
        return text.Length <= 80 ? text.ToString() : text.ToString(0, 80) + "…";
    }
}
