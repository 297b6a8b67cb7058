using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TimeSeries.Tests.Support.Json;

namespace TimeSeries.Tests.Description;

/// <summary>
/// Holds JSON against a schema (JSON Schema 2020-12), the keywords that the document uses. Any other keyword is an error, so that nothing goes unchecked.
/// Formats are checked, not only noted.
/// </summary>
/// <param name="root">The document that <c>$ref</c> points into.</param>
internal sealed class SchemaValidator(JsonElement root)
{
    private const int MostFaults = 8;

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
        JsonFaults faults = new(MostFaults);
        Check(value, Read(schema), faults);
        return faults.ToString();
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

    private void Check(JsonElement value, Schema schema, JsonFaults faults)
    {
        if (schema.Reference is { } reference)
        {
            Check(value, _referred.GetOrAdd(reference, name => Read(Resolve(name))), faults);
        }

        if (schema.Choices.Length > 0)
        {
            CheckChoices(value, schema, faults);
        }

        if (schema.Types is { } types && !types.Any(type => IsOf(value, type)))
        {
            faults.Add($"{Show(value)} is not {string.Join(" or ", types)}");
        }

        if (schema.Allowed is { } allowed && !allowed.Any(one => JsonElement.DeepEquals(one, value)))
        {
            faults.Add($"{Show(value)} is not one of {string.Join(", ", allowed)}");
        }

        if (schema.Format is { } format && !_formats[format](value))
        {
            faults.Add($"{Show(value)} is no {format}");
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                CheckObject(value, schema, faults);
                break;
            case JsonValueKind.Array:
                CheckArray(value, schema, faults);
                break;
            case JsonValueKind.String:
                CheckText(value, schema, faults);
                break;
            case JsonValueKind.Number:
                CheckNumber(value, schema, faults);
                break;
        }
    }

    private void CheckChoices(JsonElement value, Schema schema, JsonFaults faults)
    {
        JsonFaults? nearest = null;
        foreach (Schema choice in schema.Choices)
        {
            JsonFaults found = faults.Begin();
            Check(value, choice, found);
            if (found.Count == 0)
            {
                return;
            }

            nearest = nearest is null || found.Count < nearest.Count ? found : nearest;
        }

        faults.Add($"none of {schema.Choices.Length} choices, of which the nearest says {nearest!.First}");
    }

    private void CheckObject(JsonElement value, Schema schema, JsonFaults faults)
    {
        HashSet<string> seen = [];
        foreach (JsonProperty member in value.EnumerateObject())
        {
            string name = member.Name;
            faults.Enter(name);
            if (!seen.Add(name))
            {
                faults.Add("twice");
            }

            if (schema.Properties.TryGetValue(name, out Schema? own) || (own = schema.Others) is not null)
            {
                Check(member.Value, own, faults);
            }
            else if (schema.IsClosed)
            {
                faults.Add("not described");
            }

            faults.Leave();
        }

        foreach (string name in schema.Required.Where(name => !seen.Contains(name)))
        {
            faults.Add(name, "missing");
        }

        if (seen.Count > schema.MostMembers)
        {
            faults.Add($"more than {schema.MostMembers} members");
        }
    }

    private void CheckArray(JsonElement value, Schema schema, JsonFaults faults)
    {
        if (value.GetArrayLength() > schema.MostElements)
        {
            faults.Add($"more than {schema.MostElements} elements");
        }

        if (schema.Items is not { } items)
        {
            return;
        }

        int index = 0;
        foreach (JsonElement element in value.EnumerateArray())
        {
            faults.Enter(index++);
            Check(element, items, faults);
            faults.Leave();
        }
    }

    private static void CheckText(JsonElement value, Schema schema, JsonFaults faults)
    {
        if (schema is { LeastLength: 0, MostLength: int.MaxValue, Pattern: null })
        {
            return;
        }

        string text = value.GetString()!;
        int length = text.EnumerateRunes().Count();
        if (length < schema.LeastLength)
        {
            faults.Add($"shorter than {schema.LeastLength}");
        }

        if (length > schema.MostLength)
        {
            faults.Add($"longer than {schema.MostLength}");
        }

        if (schema.Pattern is { } pattern && !pattern.IsMatch(text))
        {
            faults.Add($"\"{text}\" does not match {pattern}");
        }
    }

    private static void CheckNumber(JsonElement value, Schema schema, JsonFaults faults)
    {
        if (schema.Least is { } least && Compare(value, least) < 0)
        {
            faults.Add($"{value} is less than {least}");
        }

        if (schema.Most is { } most && Compare(value, most) > 0)
        {
            faults.Add($"{value} is more than {most}");
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
        Schema read = new();
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            JsonElement value = keyword.Value;
            read = keyword.Name switch
            {
                "$ref" => read with { Reference = value.GetString() },
                "type" when TypesOf(value) is var types && types.All(_types.Contains) => read with { Types = types },
                "enum" => read with { Allowed = [.. value.EnumerateArray()] },
                "format" when _formats.ContainsKey(value.GetString()!) => read with { Format = value.GetString() },
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
                "description" or "default" => read,
                _ => throw new NotSupportedException($"The schema holds {keyword}, which is not checked."),
            };
        }

        return read;
    }

    private static string[] TypesOf(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(one => one.GetString()!)] : [type.GetString()!];

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
