using System.Collections.Concurrent;
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

    private readonly ConcurrentDictionary<string, Schema> _referred = new(StringComparer.Ordinal);

    /// <summary>What is wrong with a value, a line each; empty when nothing is.</summary>
    /// <exception cref="NotSupportedException">The schema holds a keyword, type or format that is not checked here.</exception>
    public string Faults(JsonElement value, JsonElement schema)
    {
        List<string> faults = [];
        Check(value, Read(schema), ["$"], faults);
        return string.Join('\n', faults.Take(MostFaults));
    }

    /// <summary>Throws when a schema, or one inside it, holds something that is not checked here, or points nowhere.</summary>
    public void RequireKnown(JsonElement schema) => RequireResolved(Read(schema));

    private void RequireResolved(Schema schema)
    {
        if (schema.Reference is { } reference)
        {
            Resolve(reference);
        }

        foreach (Schema inner in (IEnumerable<Schema>)[.. schema.Choices, .. schema.Properties.Values, .. Some(schema.Items), .. Some(schema.Others)])
        {
            RequireResolved(inner);
        }
    }

    private static IEnumerable<Schema> Some(Schema? schema) => schema is null ? [] : [schema];

    // Responses have millions of values, so a path is only written for what is wrong.
    private void Check(JsonElement value, Schema schema, List<object> path, List<string> faults)
    {
        if (schema.Reference is { } reference)
        {
            Check(value, _referred.GetOrAdd(reference, name => Read(Resolve(name))), path, faults);
        }

        if (schema.Choices.Length > 0)
        {
            CheckChoices(value, schema, path, faults);
        }

        if (schema.Types is { } types && !types.Any(type => IsOf(value, type)))
        {
            Add($"{Show(value)} is not {string.Join(" or ", types)}", path, faults);
        }

        if (schema.Allowed is { } allowed && !allowed.Any(one => JsonElement.DeepEquals(one, value)))
        {
            Add($"{Show(value)} is not one of {string.Join(", ", allowed)}", path, faults);
        }

        if (schema.Format is { } format && !_formats[format](value))
        {
            Add($"{Show(value)} is no {format}", path, faults);
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                CheckObject(value, schema, path, faults);
                break;
            case JsonValueKind.Array:
                CheckArray(value, schema, path, faults);
                break;
            case JsonValueKind.String:
                CheckText(value, schema, path, faults);
                break;
            case JsonValueKind.Number:
                CheckNumber(value, schema, path, faults);
                break;
        }
    }

    private void CheckChoices(JsonElement value, Schema schema, List<object> path, List<string> faults)
    {
        List<string>? nearest = null;
        foreach (Schema choice in schema.Choices)
        {
            List<string> found = [];
            Check(value, choice, path, found);
            if (found.Count == 0)
            {
                return;
            }

            nearest = nearest is null || found.Count < nearest.Count ? found : nearest;
        }

        Add($"none of {schema.Choices.Length} choices, of which the nearest says {nearest![0]}", path, faults);
    }

    private void CheckObject(JsonElement value, Schema schema, List<object> path, List<string> faults)
    {
        HashSet<string> seen = [];
        foreach (JsonProperty member in value.EnumerateObject())
        {
            string name = member.Name;
            path.Add(name);
            if (!seen.Add(name))
            {
                Add("twice", path, faults);
            }

            if (schema.Properties.TryGetValue(name, out Schema? own) || (own = schema.Others) is not null)
            {
                Check(member.Value, own, path, faults);
            }
            else if (schema.IsClosed)
            {
                Add("not described", path, faults);
            }

            path.RemoveAt(path.Count - 1);
        }

        foreach (string name in schema.Required.Where(name => !seen.Contains(name)))
        {
            Add($"{name} is missing", path, faults);
        }

        if (seen.Count > schema.MostMembers)
        {
            Add($"more than {schema.MostMembers} members", path, faults);
        }
    }

    private void CheckArray(JsonElement value, Schema schema, List<object> path, List<string> faults)
    {
        if (value.GetArrayLength() > schema.MostElements)
        {
            Add($"more than {schema.MostElements} elements", path, faults);
        }

        if (schema.Items is not { } items)
        {
            return;
        }

        int index = 0;
        foreach (JsonElement element in value.EnumerateArray())
        {
            path.Add(index++);
            Check(element, items, path, faults);
            path.RemoveAt(path.Count - 1);
        }
    }

    private static void CheckText(JsonElement value, Schema schema, List<object> path, List<string> faults)
    {
        if (schema is { LeastLength: 0, MostLength: int.MaxValue, Pattern: null })
        {
            return;
        }

        string text = value.GetString()!;
        int length = text.EnumerateRunes().Count();
        if (length < schema.LeastLength)
        {
            Add($"shorter than {schema.LeastLength}", path, faults);
        }

        if (length > schema.MostLength)
        {
            Add($"longer than {schema.MostLength}", path, faults);
        }

        if (schema.Pattern is { } pattern && !pattern.IsMatch(text))
        {
            Add($"\"{text}\" does not match {pattern}", path, faults);
        }
    }

    private static void CheckNumber(JsonElement value, Schema schema, List<object> path, List<string> faults)
    {
        if (schema.Least is { } least && Compare(value, least) < 0)
        {
            Add($"{value} is less than {least}", path, faults);
        }

        if (schema.Most is { } most && Compare(value, most) > 0)
        {
            Add($"{value} is more than {most}", path, faults);
        }
    }

    private static void Add(string fault, List<object> path, List<string> faults) =>
        faults.Add($"{path[0]}{string.Concat(path.Skip(1).Select(step => step is int index ? $"[{index}]" : $".{step}"))}: {fault}");

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

    private static Schema Read(JsonElement schema)
    {
        RequireKeywords(schema);
        Schema read = new();
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            JsonElement value = keyword.Value;
            read = keyword.Name switch
            {
                "$ref" => read with { Reference = value.GetString() },
                "type" when value.ValueKind == JsonValueKind.Array => read with { Types = [.. value.EnumerateArray().Select(type => type.GetString()!)] },
                "type" => read with { Types = [value.GetString()!] },
                "enum" => read with { Allowed = [.. value.EnumerateArray()] },
                "format" => read with { Format = value.GetString() },
                "anyOf" => read with { Choices = [.. value.EnumerateArray().Select(Read)] },
                "properties" => read with { Properties = value.EnumerateObject().ToDictionary(member => member.Name, member => Read(member.Value)) },
                "required" => read with { Required = [.. value.EnumerateArray().Select(name => name.GetString()!)] },
                "additionalProperties" when value.ValueKind == JsonValueKind.Object => read with { Others = Read(value) },
                "additionalProperties" => read with { IsClosed = value.ValueKind == JsonValueKind.False },
                "maxProperties" => read with { MostMembers = value.GetInt32() },
                "items" => read with { Items = Read(value) },
                "maxItems" => read with { MostElements = value.GetInt32() },
                "minLength" => read with { LeastLength = value.GetInt32() },
                "maxLength" => read with { MostLength = value.GetInt32() },
                "pattern" => read with { Pattern = new Regex(value.GetString()!, RegexOptions.ECMAScript) },
                "minimum" => read with { Least = value },
                "maximum" => read with { Most = value },
                _ => read,
            };
        }

        return read;
    }

    private static string Show(JsonElement value)
    {
        StringBuilder text = new(value.GetRawText());
        return text.Length <= 80 ? text.ToString() : text.ToString(0, 80) + "…";
    }

    /// <summary>A schema that was read once.</summary>
    private sealed record Schema
    {
        public string? Reference { get; init; }

        public string[]? Types { get; init; }

        public JsonElement[]? Allowed { get; init; }

        public string? Format { get; init; }

        public Schema[] Choices { get; init; } = [];

        public Dictionary<string, Schema> Properties { get; init; } = [];

        public string[] Required { get; init; } = [];

        public Schema? Others { get; init; }

        public bool IsClosed { get; init; }

        public int MostMembers { get; init; } = int.MaxValue;

        public Schema? Items { get; init; }

        public int MostElements { get; init; } = int.MaxValue;

        public int LeastLength { get; init; }

        public int MostLength { get; init; } = int.MaxValue;

        public Regex? Pattern { get; init; }

        public JsonElement? Least { get; init; }

        public JsonElement? Most { get; init; }
    }
}
