using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TimeSeries.Tests.Support.Json;

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
        JsonFaults differences = new(MostDifferences);
        Compare(document.RootElement, expected, differences);
        return differences.ToString();
    }

    private static void Compare(JsonElement actual, object expected, JsonFaults differences)
    {
        switch (expected)
        {
            case Dictionary<string, object> map when actual.ValueKind == JsonValueKind.Object:
                CompareObject(actual, map, differences);
                break;
            case List<object> list when actual.ValueKind == JsonValueKind.Array:
                CompareArray(actual, list, differences);
                break;
            default:
                if (!IsEqual(actual, expected))
                {
                    differences.Add($"expected {Show(expected)}, was {Shorten(actual.GetRawText())}");
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

    private static void CompareObject(JsonElement actual, Dictionary<string, object> expected, JsonFaults differences)
    {
        HashSet<string> met = [];
        foreach (JsonProperty property in actual.EnumerateObject())
        {
            string name = property.Name;
            differences.Enter(name);
            if (!expected.TryGetValue(name, out object? value))
            {
                differences.Add("not expected");
            }
            else if (!met.Add(name))
            {
                differences.Add("there twice");
            }
            else
            {
                Compare(property.Value, value, differences);
            }

            differences.Leave();
        }

        foreach (string name in met.Count == expected.Count ? [] : expected.Keys.Where(name => !met.Contains(name)))
        {
            differences.Add(name, "missing");
        }
    }

    private static void CompareArray(JsonElement actual, List<object> expected, JsonFaults differences)
    {
        if (actual.GetArrayLength() != expected.Count)
        {
            differences.Add($"expected {expected.Count} elements, was {actual.GetArrayLength()}");
        }

        int index = 0;
        foreach (JsonElement found in actual.EnumerateArray().Take(expected.Count))
        {
            differences.Enter(index);
            Compare(found, expected[index++], differences);
            differences.Leave();
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
