using System.Collections.Immutable;
using System.IO.Enumeration;
using System.Text.Json;
using TimeSeries.Alerting.Rules;

namespace TimeSeries.Alerting.Silences;

/// <summary>What a label must be: a text, or like a pattern in which <c>*</c> is any text and <c>?</c> any character. Immutable.</summary>
/// <param name="Label">The label's name.</param>
/// <param name="Text">The text or pattern.</param>
/// <param name="IsGlob">Whether it is a pattern.</param>
public sealed record LabelMatcher(string Label, string Text, bool IsGlob)
{
    private const int Most = 16;
    private const int MostBytes = 1_024;

    // The time to match grows with pattern times text.
    private const int MostGlobBytes = 256;

    /// <summary>Whether the labels have it. A label that is not there counts as empty, as in Alertmanager.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        string value = labels.TryGetValue(Label, out string? found) ? found : "";

        // The framework's matcher keeps the set of places in the pattern where it may be, and never goes back. It takes no empty text.
        return !IsGlob ? value == Text
            : value.Length > 0 ? FileSystemName.MatchesSimpleExpression(Text, value, ignoreCase: false)
            : Text.All(sign => sign == '*');
    }

    /// <summary>Reads the list of matchers of a definition; empty when it is absent.</summary>
    internal static ImmutableArray<LabelMatcher> ReadAll(JsonFields fields)
    {
        if (fields.Find("matchers") is not { } list)
        {
            return [];
        }

        return list.ValueKind == JsonValueKind.Array && list.GetArrayLength() <= Most
            ? [.. list.EnumerateArray().Select((matcher, i) => Read(new JsonFields(matcher, $"matchers[{i}]", "label", "equals", "glob")))]
            : throw new DefinitionException($"matchers must be a list of at most {Most}.");
    }

    internal static void WriteAll(Utf8JsonWriter json, ImmutableArray<LabelMatcher> matchers)
    {
        json.WriteStartArray("matchers");
        foreach (LabelMatcher matcher in matchers)
        {
            json.WriteStartObject();
            json.WriteString("label", matcher.Label);
            json.WriteString(matcher.IsGlob ? "glob" : "equals", matcher.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static LabelMatcher Read(JsonFields fields)
    {
        string label = fields.RequireText("label");
        string? equal = fields.Text("equals", MostBytes);
        string? glob = fields.Text("glob", MostGlobBytes);
        return (equal is null) == (glob is null)
            ? throw new DefinitionException($"{fields.Name("equals")} or {fields.Name("glob")} is needed, and one of them only.")
            : new LabelMatcher(label, equal ?? glob!, glob is not null);
    }
}
