using System.Globalization;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Alerts;

/// <summary>One run: pushes the history over one connection, then asks every query on it, one after the other.</summary>
internal sealed class AlertsRun(AlertsOptions options, ServerAddress address, TimeProvider clock, CancellationToken cancellationToken)
{
    private const string Prefix = "/api/v1.0/alert-history";
    private const int BatchAlerts = 10_000;
    private const long Day = 86_400_000;

    // A server that was just started compiles its code in these.
    private const int WarmUpRequests = 50;

    private readonly long _spacing = Math.Max(1, 30 * Day / options.AlertCount);
    private readonly Random _random = new(1);
    private long _firstTime;
    private long _accepted;
    private long _duplicates;
    private double _pushSeconds;

    /// <summary>Pushes the alerts; returns what went wrong, or null.</summary>
    public string? Push()
    {
        _firstTime = clock.GetUtcNow().ToUnixTimeMilliseconds() - options.AlertCount * _spacing;
        AlertMaker maker = new(_firstTime, _spacing);
        MessagePackWireWriter writer = new();
        FirstError firstError = new();
        using BatchClient client = new(address, options.Token, writer.ContentType);
        BatchSender sender = new(client, firstError);
        long started = clock.GetTimestamp();
        for (int first = 0; first < options.AlertCount && firstError.Reason is null; first += BatchAlerts)
        {
            WireColumn[] columns = maker.Make(first, Math.Min(BatchAlerts, options.AlertCount - first));
            BodyWriter.Write(writer, SampleSchema.Of(Kind.Alert), columns, SampleForm.Table, id: default, new PatchPlaces());
            sender.Send(writer.Written, cancellationToken, out ResponseCounts counts);
            _accepted += counts.Accepted;
            _duplicates += counts.Duplicates;
            cancellationToken.ThrowIfCancellationRequested();
        }

        _pushSeconds = clock.GetElapsedTime(started).TotalSeconds;
        return firstError.Reason;
    }

    /// <summary>Asks everything.</summary>
    public AlertsReport Ask() => new()
    {
        Alerts = _accepted,
        Duplicates = _duplicates,
        PushSeconds = Math.Round(_pushSeconds, 1),
        Requests =
        [
            Ask("first page", () => Prefix),
            Ask("page 100", () => Prefix + "?page=100"),
            Ask("last page", () => Invariant($"{Prefix}?page={(options.AlertCount + 49) / 50}")),
            Ask("severity", () => Prefix + "?severity=Warning"),
            Ask("part of source", () => $"{Prefix}?source={AlertMaker.RareSource}"),
            Ask("one day", () => Prefix + OneDay()),
            Ask("label", () => Prefix + "?label=line:7"),
            Ask("id", () => $"{Prefix}/{AlertMaker.IdOf(_random.Next(options.AlertCount))}"),
            Ask("stats/severity", () => Prefix + "/stats/severity"),
            Ask("stats/source", () => Prefix + "/stats/source"),
            Ask("stats/severity, one day", () => Prefix + "/stats/severity" + OneDay()),
            Ask("stats/timeline", () => Prefix + "/stats/timeline?window=1h"),
        ],
    };

    private AlertsRequest Ask(string name, Func<string> path)
    {
        LatencyHistogram latencies = new();
        using HttpClient http = BlockingHttp.CreateClient();
        http.DefaultRequestHeaders.Add("Authorization", "Bearer " + options.Token);
        http.DefaultRequestHeaders.Add("Accept", "application/json");
        int errors = 0;
        string asked = "";
        byte[] body = [];
        for (int i = -WarmUpRequests; i < options.RequestCount; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            asked = path();
            long started = clock.GetTimestamp();
            HttpResponseHead response = http.Get(address.Of(asked), out body);
            if (i >= 0)
            {
                latencies.Record(clock.GetElapsedTime(started));
                errors += response.Status == 200 ? 0 : 1;
            }
        }

        return new AlertsRequest(
            name, asked, options.RequestCount, errors, body.Length,
            Math.Round(latencies.Median, 3), Math.Round(latencies.P99, 3), Math.Round(latencies.Longest, 3));
    }

    private string OneDay()
    {
        long from = _firstTime + _random.NextInt64(Math.Max(1, options.AlertCount * _spacing - Day));
        return $"?startDate={Moment(from)}&endDate={Moment(from + Day)}";
    }

    private static string Moment(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
