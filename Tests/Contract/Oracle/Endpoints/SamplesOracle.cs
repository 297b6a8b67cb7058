using System.Text.Json;
using System.Text.RegularExpressions;

namespace TimeSeries.Tests.Contract.Oracle.Endpoints;

/// <summary>What <c>/api/v1/samples</c> lists of samples that one node took in their order: the newest first, of one time the last to come.</summary>
internal static partial class SamplesOracle
{
    /// <summary>The samples of a kind in a range, all of them.</summary>
    public static List<object> Listed(string kind, IEnumerable<OracleSample> samples, long pcode, long from, long to) =>
        [.. samples.Within(pcode, kind, from, to).Reverse().OrderByDescending(sample => sample.Time).Select(Shown)];

    private static Dictionary<string, object> Shown(OracleSample sample)
    {
        Dictionary<string, object> shown = new() { ["time"] = sample.Time };
        foreach (string field in (string[])["oid", "oname", "okind", "onode", .. sample.Values.Keys])
        {
            if (OracleField.Value(sample, field) is { } value and not Dictionary<string, string> { Count: 0 })
            {
                shown[field] = value switch
                {
                    long number when field == "error" => number == 1 ? JsonValueKind.True : JsonValueKind.False,
                    long number => DecimalLiteral.Of(number, OracleField.Decimals(sample.Kind, field)),
                    Dictionary<string, string> map => map.ToDictionary(entry => entry.Key, entry => (object)entry.Value),
                    string id when field == "id" => id.ToLowerInvariant(),
                    _ => value,
                };
            }
        }

        if (sample.Kind == "alert")
        {
            shown.TryAdd("id", MadeId());
        }

        return shown;
    }

    /// <summary>An id that was made for an alert that came without one.</summary>
    [GeneratedRegex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    internal static partial Regex MadeId();
}
