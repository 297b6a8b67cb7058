using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using TimeSeries.Benchmarks.Hosts;

namespace TimeSeries.Benchmarks.Rules;

/// <summary>Makes alert rules on a measured server, pushes the transactions that they judge, and reads how late they were evaluated.</summary>
internal sealed partial class RuleClient : IDisposable
{
    private const int Services = 200;
    private const int Agents = 20;
    private const int BatchRows = 5_000;

    private readonly CancellationToken _stop;
    private readonly Random _random = new(20);

    public RuleClient(MeasuredServer server, CancellationToken stop)
    {
        _stop = stop;
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Address.Port}/"), Timeout = TimeSpan.FromMinutes(2) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", MeasuredServer.Token);
    }

    /// <summary>Sends with the token of the server.</summary>
    public HttpClient Http { get; }

    /// <summary>Pushes transactions whose times, in ms since 1970, are spread evenly over the given ones.</summary>
    public async Task PushAsync(long from, long to, int transactions)
    {
        for (int first = 0; first < transactions; first += BatchRows)
        {
            StringBuilder rows = new();
            for (int row = first; row < Math.Min(transactions, first + BatchRows); row++)
            {
                long time = from + (long)((to - from) * ((double)row / transactions));
                int status = _random.Next(50) == 0 ? 500 : 200;
                rows.Append(CultureInfo.InvariantCulture, $",[{time},\"shop-{_random.Next(Agents)}\",\"/service-{_random.Next(Services)}\"")
                    .Append(CultureInfo.InvariantCulture, $",{_random.Next(1, 2_000_000) / 1_000.0},{status},\"GET\",{(status == 500 ? "true" : "false")}]");
            }

            string body = "{\"transaction\":{\"fields\":[\"time\",\"oname\",\"service\",\"elapsed\",\"status\",\"method\",\"error\"],\"rows\":["
                + rows.ToString(1, rows.Length - 1) + "]}}";
            await SendAsync(HttpMethod.Post, "ingest/v1/batch", body);
        }
    }

    /// <summary>Makes rules, most with a filter of their own, so that few share a scan.</summary>
    public async Task MakeRulesAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            string query = (i % 10) switch
            {
                < 6 => $$"""{"kind":"transaction","measure":"p95(elapsed)","by":["service"],"where":["service:/service-{{i % Services}}"],"window":"5m"}""",
                < 8 => $$"""{"kind":"transaction","measure":"error_rate","by":["oname"],"where":["oname:shop-{{i % Agents}}"],"window":"10m"}""",
                8 => """{"kind":"transaction","measure":"count","window":"1m"}""",
                _ => """{"kind":"transaction","measure":"avg(elapsed)","by":["service"],"window":"1h"}""",
            };
            string threshold = (i % 10) switch { < 6 => "1990", < 8 => "0.2", 8 => "5000", _ => "1100" };
            await SendAsync(HttpMethod.Put, $"api/v1/rules/rule-{i}",
                "{\"query\":" + query + ",\"condition\":{\"operator\":\">\",\"threshold\":" + threshold + "}}");
        }
    }

    /// <summary>How the evaluations since the start were, by the server's metrics.</summary>
    public async Task<EvaluationCounts> CountEvaluationsAsync()
    {
        string metrics = await Http.GetStringAsync("metrics", _stop);
        SortedDictionary<double, double> buckets = [];
        foreach (Match bucket in Bucket().Matches(metrics))
        {
            string bound = bucket.Groups["le"].Value;
            buckets[bound == "+Inf" ? double.PositiveInfinity : double.Parse(bound, CultureInfo.InvariantCulture)] =
                double.Parse(bucket.Groups["count"].Value, CultureInfo.InvariantCulture);
        }

        Match failed = Failed().Match(metrics);
        return new EvaluationCounts(buckets, failed.Success ? double.Parse(failed.Groups["count"].Value, CultureInfo.InvariantCulture) : 0);
    }

    public void Dispose() => Http.Dispose();

    private async Task SendAsync(HttpMethod method, string path, string body)
    {
        using HttpRequestMessage request = new(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using HttpResponseMessage response = await Http.SendAsync(request, _stop);
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created))
        {
            throw new InvalidDataException($"{method} {path} was answered with {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(_stop)}");
        }
    }

    [GeneratedRegex(@"^timeseries_alerting_evaluation_lateness_seconds_bucket\{[^}]*le=""(?<le>[^""]+)""[^}]*\} (?<count>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Bucket();

    [GeneratedRegex(@"^timeseries_alerting_evaluations_total\{[^}]*outcome=""failed""[^}]*\} (?<count>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Failed();
}

/// <summary>How late rules were evaluated, and how many evaluations failed.</summary>
/// <param name="Buckets">How many were at most so many seconds late.</param>
/// <param name="Failed">How many failed.</param>
internal sealed record EvaluationCounts(SortedDictionary<double, double> Buckets, double Failed)
{
    /// <summary>All of them.</summary>
    public double Count => Buckets.GetValueOrDefault(double.PositiveInfinity);

    /// <summary>Seconds that a share of the evaluations since an earlier count were late at most: the bound of a bucket.</summary>
    public double SecondsOf(double share, EvaluationCounts before) =>
        Buckets.First(bucket => bucket.Value - before.Buckets.GetValueOrDefault(bucket.Key) >= (Count - before.Count) * share).Key;
}
