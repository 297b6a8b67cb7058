using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using TimeSeries.Alerting.Rules;

namespace TimeSeries.Alerting.Silences;

/// <summary>Reads silences from JSON and writes them.</summary>
internal static class SilenceFormat
{
    private const int MostCommentBytes = 4_096;

    /// <summary>Reads a silence.</summary>
    /// <param name="element">The silence.</param>
    /// <param name="id">The id that it has where it stands, which the silence itself may leave out.</param>
    /// <exception cref="DefinitionException">It breaks the format.</exception>
    public static Silence Read(JsonElement element, string id)
    {
        RuleFormat.CheckName(id);
        JsonFields fields = new(element, "", "id", "matchers", "from", "to", "comment");
        if (fields.Text("id") is { } own && own != id)
        {
            throw new DefinitionException($"id must be \"{id}\", as in the path, or be left out.");
        }

        Silence silence = new()
        {
            Id = id,
            Matchers = ReadMatchers(fields),
            From = ReadMoment(fields, "from"),
            To = ReadMoment(fields, "to"),
            Comment = fields.Text("comment", MostCommentBytes) ?? "",
        };
        return silence.From < silence.To ? silence : throw new DefinitionException("from must be before to.");
    }

    /// <summary>Writes the fields of a silence into the object that is open.</summary>
    public static void WriteFields(Utf8JsonWriter json, Silence silence)
    {
        json.WriteString("id", silence.Id);
        LabelMatcher.WriteAll(json, silence.Matchers);
        json.WriteString("from", Text(silence.From));
        json.WriteString("to", Text(silence.To));
        json.WriteString("comment", silence.Comment);
    }

    private static ImmutableArray<LabelMatcher> ReadMatchers(JsonFields fields)
    {
        // Alertmanager's rule: a slip must not silence everything.
        ImmutableArray<LabelMatcher> matchers = LabelMatcher.ReadAll(fields);
        return matchers.All(matcher => matcher.Matches(ImmutableDictionary<string, string>.Empty))
            ? throw new DefinitionException(
                "matchers must have at least one that an alert without labels does not match, like {\"label\":\"rule\",\"glob\":\"?*\"}.")
            : matchers;
    }

    private static DateTimeOffset ReadMoment(JsonFields fields, string field)
    {
        JsonElement value = fields.Require(field);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long milliseconds)
            && milliseconds >= 0 && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : value.ValueKind == JsonValueKind.String && DateTimeOffset.TryParseExact(
                value.GetString(), "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)
            ? moment.ToUniversalTime()
            : throw new DefinitionException($"{fields.Name(field)} must be a moment as in RFC 3339, like 2026-02-09T10:30:00Z, or epoch milliseconds.");
    }

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
