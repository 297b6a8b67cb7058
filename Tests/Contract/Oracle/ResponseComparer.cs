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
        List<string> differences = [];
        Compare(document.RootElement, expected, [], differences);
        return string.Join('\n', differences);
    }

    // Lists have a hundred thousand samples, so a path is only written for what differs.
    private static void Compare(JsonElement actual, object expected, List<object> path, List<string> differences)
    {
        switch (expected)
        {
            case Dictionary<string, object> map when actual.ValueKind == JsonValueKind.Object:
                CompareObject(actual, map, path, differences);
                break;
            case List<object> list when actual.ValueKind == JsonValueKind.Array:
                CompareArray(actual, list, path, differences);
                break;
            default:
                if (!IsEqual(actual, expected))
                {
                    Add($"expected {Show(expected)}, was {Shorten(actual.GetRawText())}", path, differences);
                }

                break;
        }
    }

    private static bool IsEqual(JsonElement actual, object expected) => expected switch
    {
        string text => actual.ValueKind == JsonValueKind.String && actual.ValueEquals(text),
        Regex form => actual.ValueKind == JsonValueKind.String && form.IsMatch(actual.GetString()!),
        JsonValueKind kind => actual.ValueKind == kind,
        DecimalLiteral literal => actual.ValueKind == JsonValueKind.Number && actual.GetRawText() == literal.Text,
        long number => actual.ValueKind == JsonValueKind.Number && actual.GetRawText() == number.ToString(CultureInfo.InvariantCulture),
        decimal number => actual.ValueKind == JsonValueKind.Number && actual.TryGetDecimal(out decimal value) && IsClose(value, number),
        double number => actual.ValueKind == JsonValueKind.Number && actual.GetDouble().Equals(number),
        _ => false,
    };

    private static void CompareObject(JsonElement actual, Dictionary<string, object> expected, List<object> path, List<string> differences)
    {
        HashSet<string> met = [];
        foreach (JsonProperty property in actual.EnumerateObject())
        {
            string name = property.Name;
            path.Add(name);
            if (!expected.TryGetValue(name, out object? value))
            {
                Add("not expected", path, differences);
            }
            else if (!met.Add(name))
            {
                Add("there twice", path, differences);
            }
            else
            {
                Compare(property.Value, value, path, differences);
            }

            path.RemoveAt(path.Count - 1);
        }

        foreach (string name in met.Count == expected.Count ? [] : expected.Keys.Where(name => !met.Contains(name)))
        {
            Add($"{name} is missing", path, differences);
        }
    }

    private static void CompareArray(JsonElement actual, List<object> expected, List<object> path, List<string> differences)
    {
        if (actual.GetArrayLength() != expected.Count)
        {
            Add($"expected {expected.Count} elements, was {actual.GetArrayLength()}", path, differences);
        }

        int index = 0;
        foreach (JsonElement found in actual.EnumerateArray().Take(expected.Count))
        {
            path.Add(index);
            Compare(found, expected[index++], path, differences);
            path.RemoveAt(path.Count - 1);
        }
    }

    private static void Add(string difference, List<object> path, List<string> differences)
    {
        if (differences.Count < MostDifferences)
        {
            differences.Add($"${string.Concat(path.Select(step => step is int index ? $"[{index}]" : $".{step}"))}: {difference}");
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
