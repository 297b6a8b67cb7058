using System.Text.Json;

namespace TimeSeries.Tests.Query;

/// <summary>Holds a response against one that a vendor's documentation shows: everything shown is there with its type and value; more may.</summary>
internal static class DocumentedResponse
{
    /// <summary>What of the documented response the real one lacks, a line each.</summary>
    /// <param name="actual">The real response.</param>
    /// <param name="documented">The documented one; a comma behind a last member is let pass, as vendors write.</param>
    /// <param name="withoutRule">Paths of values that follow no rule: their names and types count only.</param>
    public static List<string> Differences(string actual, string documented, params string[] withoutRule)
    {
        using JsonDocument shown = JsonDocument.Parse(documented, new JsonDocumentOptions { AllowTrailingCommas = true });
        using JsonDocument real = JsonDocument.Parse(actual);
        return [.. Compare("$", real.RootElement, shown.RootElement, withoutRule)];
    }

    private static IEnumerable<string> Compare(string path, JsonElement actual, JsonElement shown, string[] withoutRule)
    {
        if (actual.ValueKind != shown.ValueKind)
        {
            return [$"{path}: {shown.ValueKind} became {actual.ValueKind}"];
        }

        return shown.ValueKind switch
        {
            JsonValueKind.Object => shown.EnumerateObject().SelectMany(member => actual.TryGetProperty(member.Name, out JsonElement found)
                ? Compare($"{path}.{member.Name}", found, member.Value, withoutRule)
                : [$"{path}.{member.Name}: missing"]),
            JsonValueKind.Array when actual.GetArrayLength() != shown.GetArrayLength() =>
                [$"{path}: {shown.GetArrayLength()} became {actual.GetArrayLength()}"],
            JsonValueKind.Array => actual.EnumerateArray().Zip(shown.EnumerateArray())
                .SelectMany((pair, index) => Compare($"{path}[{index}]", pair.First, pair.Second, withoutRule)),
            _ => withoutRule.Contains(path) || actual.GetRawText() == shown.GetRawText() ? [] : [$"{path}: {shown.GetRawText()} became {actual.GetRawText()}"],
        };
    }
}
