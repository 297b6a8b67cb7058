using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TimeSeries.Alerting.Rules;

/// <summary>Rules that come with the server. None is evaluated before somebody makes it a rule of a project.</summary>
internal static class BuiltinRules
{
    private static readonly ImmutableSortedDictionary<string, string> _texts = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["error-rate"] = """
            { "query": { "kind": "transaction", "measure": "error_rate", "by": ["service"], "window": "5m", "minCount": 20 },
              "condition": { "operator": ">", "threshold": 0.05, "resolveThreshold": 0.03 },
              "for": "1m", "severity": "Critical", "title": "{service} fails",
              "description": "The share of failed requests is {value} in {window}, above {threshold}, since {since}." }
            """,
        ["p95-above-baseline"] = """
            { "query": { "kind": "transaction", "measure": "p95(elapsed)", "by": ["service"], "window": "10m", "minCount": 20 },
              "condition": { "operator": ">", "threshold": { "baseline": "7d", "factor": 1.5, "minDays": 3 } },
              "for": "2m", "keepFiringFor": "5m", "severity": "Warning", "title": "{service} is slower than on other days",
              "description": "p95 is {value} ms in {window}; half as much again as on the days before is {threshold} ms." }
            """,
        ["agent-stopped"] = """
            { "query": { "kind": "thread", "measure": "count", "by": ["oname"], "window": "10m" },
              "condition": { "operator": "<", "threshold": { "baseline": "1d", "factor": 0.3, "minDays": 1 } },
              "noData": "keep", "severity": "Critical", "title": "{oname} sends no more",
              "description": "The agent sent {value} thread counts in {window}, and more than three times as many at this time yesterday." }
            """,
        ["disk-filling"] = """
            { "query": { "kind": "event", "measure": "count", "where": ["type:EU400", "message~:The disk has"], "window": "5m" },
              "condition": { "operator": ">", "threshold": 0 },
              "severity": "Critical", "source": "disk", "title": "The server's disk is nearly full",
              "description": "Its disk had less room than Storage:LowDiskBytes in each of {value} minutes of the last {window}. Full, pushes are refused." }
            """,
        ["ingest-refusing"] = """
            { "query": { "kind": "event", "measure": "count", "by": ["type"], "where": ["type:EU400", "type:EU410", "type:EU420"], "window": "5m" },
              "condition": { "operator": ">", "threshold": 0 },
              "severity": "Warning", "title": "Pushes are refused ({type})",
              "description": "A limit of the project was exceeded in each of {value} minutes of the last {window}." }
            """,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => _texts.Keys;

    /// <summary>A rule that comes with the server, with some fields in place of its own; null when there is none of that name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="overrides">
    /// Fields that replace those of the rule, whole; of <c>query</c> and <c>condition</c> each field by itself. Undefined for none.
    /// </param>
    /// <exception cref="DefinitionException">The rule would break the format.</exception>
    public static AlertRule? Make(string name, JsonElement overrides)
    {
        if (!_texts.TryGetValue(name, out string? text))
        {
            return null;
        }

        JsonObject rule = JsonNode.Parse(text)!.AsObject();
        if (overrides.ValueKind == JsonValueKind.Object)
        {
            JsonFields.RequireUnicode(overrides);
            foreach (JsonProperty field in overrides.EnumerateObject())
            {
                Override(rule, field);
            }
        }
        else if (overrides.ValueKind != JsonValueKind.Undefined)
        {
            throw new DefinitionException("The body must be a JSON object.");
        }

        using JsonDocument whole = JsonDocument.Parse(rule.ToJsonString());
        return RuleFormat.Read(whole.RootElement, name);
    }

    private static void Override(JsonObject rule, JsonProperty field)
    {
        if (field.Name is "query" or "condition" && field.Value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty inner in field.Value.EnumerateObject())
            {
                rule[field.Name]![inner.Name] = JsonNode.Parse(inner.Value.GetRawText());
            }

            // The threshold that ends an alert belongs to the one that begins it.
            if (field.Name == "condition" && field.Value.TryGetProperty("threshold", out _) && !field.Value.TryGetProperty("resolveThreshold", out _))
            {
                rule["condition"]!.AsObject().Remove("resolveThreshold");
            }
        }
        else
        {
            rule[field.Name] = JsonNode.Parse(field.Value.GetRawText());
        }
    }
}
