using System.Text;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>What becomes of acceptable samples on their way in, by the words of the ingest contract alone.</summary>
internal static class OracleIngest
{
    private const int CutBytes = 32_768;
    private const int UserAgentBytes = 1_024;

    private static readonly HashSet<string> _durations =
        ["elapsed", "sql_time", "sql_fetch_time", "httpc_time", "cpu_time", "upstream_latency", "fetch_time"];

    private static readonly string[] _severities = ["Info", "Warning", "Critical"];

    private static readonly HashSet<string> _cut = ["message", "error_message", "description", "stack", "user_agent"];

    /// <summary>The samples that are kept of batches taken one after the other.</summary>
    public static List<OracleSample> Take(IEnumerable<PushedBatch> batches)
    {
        List<OracleSample> kept = [];
        HashSet<(long, Guid)> alerts = [];
        foreach (PushedBatch batch in batches)
        {
            foreach (SampleRow row in batch.Rows)
            {
                if (row["id"] is not string { Length: > 0 } id || alerts.Add((batch.Pcode, Guid.Parse(id))))
                {
                    kept.Add(Keep(batch, row));
                }
            }
        }

        return kept;
    }

    /// <summary>How many samples of the batches repeat an alert.</summary>
    public static int Duplicates(IReadOnlyList<PushedBatch> batches) => batches.Sum(batch => batch.Rows.Count) - Take(batches).Count;

    private static OracleSample Keep(PushedBatch batch, SampleRow row)
    {
        Dictionary<string, object> values = [];
        foreach ((string field, object? value) in row.Fields)
        {
            if (field is not ("time" or "oname" or "oid") && Kept(field, value) is { } kept)
            {
                values[field] = kept;
            }
        }

        AgentName? envelope = batch.Agent;
        string? own = row["oname"] as string;
        string oname = own ?? envelope?.Oname ?? "";
        long? oid = oname.Length == 0 ? null : (own is null ? envelope?.Oid : (long?)row["oid"]) ?? OracleHash.Of(oname);

        // Kind and node are the envelope's agent's, whether a sample names that agent too or not.
        bool isEnvelopes = oname == envelope?.Oname && oid == (envelope.Oid ?? OracleHash.Of(oname));
        return new OracleSample(batch.Pcode, row.Kind, row.Time, values)
        {
            Oname = oname,
            Oid = oid,
            Okind = isEnvelopes ? envelope!.Okind ?? "" : "",
            Onode = isEnvelopes ? envelope!.Onode ?? "" : "",
        };
    }

    private static object? Kept(string field, object? value) => value switch
    {
        null or "" or Dictionary<string, string> { Count: 0 } => null,
        bool flag => flag ? 1L : 0L,
        string text when field == "id" => Guid.Parse(text).ToString(),
        string text when field == "severity" => _severities.First(severity => severity.Equals(text, StringComparison.OrdinalIgnoreCase)),
        string text when _cut.Contains(field) => Cut(text, field == "user_agent" ? UserAgentBytes : CutBytes),
        long or double when _durations.Contains(field) => (long)Math.Round(Convert.ToDouble(value) * 1_000, MidpointRounding.ToEven),
        long or double when field == "count" => (long)Math.Round(Convert.ToDouble(value) * 1_000_000, MidpointRounding.ToEven),
        _ => value,
    };

    // As many whole code points as fit.
    private static string Cut(string text, int maxBytes)
    {
        int bytes = 0;
        StringBuilder kept = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes)
            {
                break;
            }

            kept.Append(rune.ToString());
        }

        return kept.ToString();
    }
}
