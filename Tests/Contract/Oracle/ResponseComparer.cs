using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>
/// Holds a JSON response against the expected one: the same names (in any order), the same array lengths and orders, and the same values. An integer is
/// expected as <see cref="long"/> and must stand without fraction or exponent, a <see cref="decimal"/> by its value, a <see cref="double"/> bit by bit.
/// Decimals over a million, which only percentiles
/// reach, may be off by 10⁻¹²: a power of γ in doubles is no closer. A <see cref="DecimalLiteral"/>
/// must stand digit by digit, a <see cref="Regex"/> is matched, and of a
/// <see cref="JsonValueKind"/> (null, true, false) nothing else is compared.
/// </summary>
internal static class ResponseComparer
{
    private const int MostDifferences = 12;
    private const decimal ExactBelow = 1_000_000;
    private const decimal Tolerance = 1e-12m;

    /// <summary>What differs, a line each; empty when nothing does.</summary>
    public static string Differences(string actual, object expected)
    {
        using JsonDocument document = JsonDocument.Parse(actual);
        return string.Join('\n', Compare("$", document.RootElement, expected).Take(MostDifferences));
    }

    private static IEnumerable<string> Compare(string path, JsonElement actual, object expected) => expected switch
    {
        Dictionary<string, object> map when actual.ValueKind == JsonValueKind.Object => CompareObject(path, actual, map),
        List<object> list when actual.ValueKind == JsonValueKind.Array => CompareArray(path, actual, list),
        string text when actual.ValueKind == JsonValueKind.String && actual.GetString() == text => [],
        Regex form when actual.ValueKind == JsonValueKind.String && form.IsMatch(actual.GetString()!) => [],
        JsonValueKind kind when actual.ValueKind == kind => [],
        DecimalLiteral literal when actual.ValueKind == JsonValueKind.Number && actual.GetRawText() == literal.Text => [],
        long number when actual.ValueKind == JsonValueKind.Number && actual.GetRawText() == number.ToString(CultureInfo.InvariantCulture) => [],
        decimal number when actual.ValueKind == JsonValueKind.Number && actual.TryGetDecimal(out decimal value) && IsClose(value, number) => [],
        double number when actual.ValueKind == JsonValueKind.Number && actual.GetDouble().Equals(number) => [],
        _ => [$"{path}: expected {Show(expected)}, was {Shorten(actual.GetRawText())}"],
    };

    private static IEnumerable<string> CompareObject(string path, JsonElement actual, Dictionary<string, object> expected)
    {
        foreach (JsonProperty property in actual.EnumerateObject())
        {
            if (!expected.ContainsKey(property.Name))
            {
                yield return $"{path}.{property.Name}: not expected";
            }
        }

        foreach ((string name, object value) in expected)
        {
            if (!actual.TryGetProperty(name, out JsonElement found))
            {
                yield return $"{path}.{name}: missing";
                continue;
            }

            foreach (string difference in Compare($"{path}.{name}", found, value))
            {
                yield return difference;
            }
        }
    }

    private static IEnumerable<string> CompareArray(string path, JsonElement actual, List<object> expected)
    {
        if (actual.GetArrayLength() != expected.Count)
        {
            yield return $"{path}: expected {expected.Count} elements, was {actual.GetArrayLength()}";
        }

        foreach ((JsonElement found, object value, int index) in actual.EnumerateArray().Zip(expected)
            .Select((pair, index) => (pair.First, pair.Second, index)))
        {
            foreach (string difference in Compare($"{path}[{index}]", found, value))
            {
                yield return difference;
            }
        }
    }

    private static bool IsClose(decimal actual, decimal expected) =>
        actual == expected || (expected > ExactBelow && Math.Abs(actual - expected) <= expected * Tolerance);

    private static string Show(object expected) => expected switch
    {
        Dictionary<string, object> => "an object",
        List<object> list => $"an array of {list.Count}",
        string text => JsonSerializer.Serialize(Shorten(text)),
        _ => Convert.ToString(expected, CultureInfo.InvariantCulture)!,
    };

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
