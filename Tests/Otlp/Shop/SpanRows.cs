using System.Text.Json;
using TimeSeries.Fuzzing.Otlp.Messages;
using TimeSeries.Ingest.Protocols.Otlp;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Otlp.Shop;

/// <summary>Counts the rows that spans become, by what a row has of its span: kind, trace, end in milliseconds, duration in microseconds.</summary>
internal sealed class SpanRows
{
    private const ulong NanosecondsPerMillisecond = 1_000_000;

    private readonly Dictionary<(string Kind, string Txid, long Time, long Elapsed), int> _counts = [];

    public int Count => _counts.Values.Sum();

    /// <summary>The rows that the spans of exports become, of each export once however often it was sent.</summary>
    public static SpanRows Of(IEnumerable<RelayedExport> exports)
    {
        SpanRows rows = new();
        foreach (ScopeSpans scope in exports.Where(export => export.Signal == TelemetrySignal.Traces).DistinctBy(export => export.Hash)
            .SelectMany(export => TraceExport.Parser.ParseFrom(export.Message).ResourceSpans).SelectMany(resource => resource.ScopeSpans))
        {
            foreach (Span span in scope.Spans)
            {
                rows.Add(span);
            }
        }

        return rows;
    }

    /// <summary>The rows that a server has.</summary>
    public static async Task<SpanRows> OfAsync(ServerClient client)
    {
        SpanRows rows = new();
        foreach (string kind in (string[])["transaction", "sql", "httpc"])
        {
            string? cursor = "";
            while (cursor is not null)
            {
                string from = cursor.Length > 0 ? $"&cursor={Uri.EscapeDataString(cursor)}" : "";
                using JsonDocument page = JsonDocument.Parse(
                    await client.GetAsync($"/api/v1/samples?kind={kind}&from=1000000000000&to=9000000000000&limit=10000{from}"));
                foreach (JsonElement row in page.RootElement.GetProperty("samples").EnumerateArray())
                {
                    rows.Add(kind, row.GetProperty("txid").GetString()!, row.GetProperty("time").GetInt64(),
                        (long)(row.GetProperty("elapsed").GetDecimal() * 1_000));
                }

                cursor = page.RootElement.GetProperty("next").GetString();
            }
        }

        return rows;
    }

    /// <summary>The rows of which there are more here than elsewhere.</summary>
    public IEnumerable<string> Beyond(SpanRows other) =>
        _counts.Where(row => row.Value > other._counts.GetValueOrDefault(row.Key)).Select(row => $"{row.Key}: {row.Value}");

    private void Add(Span span)
    {
        HashSet<string> keys = [.. span.Attributes.Select(attribute => attribute.Key.ToStringUtf8())];
        string? kind = span.Kind switch
        {
            Exports.ServerKind => "transaction",
            Exports.ClientKind => keys.Contains("db.system.name") ? "sql" : keys.Contains("http.request.method") ? "httpc" : null,
            _ => null,
        };
        if (kind is not null)
        {
            // Half to even.
            long elapsed = (long)decimal.Round((span.EndTimeUnixNano - span.StartTimeUnixNano) / 1_000m);
            Add(kind, Convert.ToHexStringLower(span.TraceId.Span), (long)(span.EndTimeUnixNano / NanosecondsPerMillisecond), elapsed);
        }
    }

    private void Add(string kind, string txid, long time, long elapsed) =>
        _counts[(kind, txid, time, elapsed)] = _counts.GetValueOrDefault((kind, txid, time, elapsed)) + 1;
}
