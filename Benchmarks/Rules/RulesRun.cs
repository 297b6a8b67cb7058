using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Load;

namespace TimeSeries.Benchmarks.Rules;

/// <summary>
/// One run: a day of transactions, a server without rules at rest, the same with rules, with rules while requests scan in every slot; then transactions are
/// pushed, by turns with rules and without.
/// </summary>
internal sealed partial class RulesRun(RulesOptions options, TimeProvider clock, TextWriter report, CancellationToken stop)
{
    private const int Services = 200;
    private const int Agents = 20;
    private const int BatchRows = 5_000;
    private const long Day = 86_400_000;
    private const double RoomyRate = 20_000;
    private const string OtherToken = "token-of-another-project";

    // A request that reads the whole day and no rollup serves.
    private const string Scan = "/api/v1/aggregate?kind=transaction&from=-1d&by=method&measures=p95(elapsed)&where=status!:404";

    public async Task RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("timeseries-rules-").FullName;
        try
        {
            using (MeasuredServer server = new(options.Server, folder))
            {
                using HttpClient http = ClientOf(server);
                await PushDayAsync(http);
                double idle = await CoresAsync(server);
                await MakeRulesAsync(http);
                double resting = await CoresAsync(server);
                Write(new { part = "rules", options.Rules, coresWithout = Round(idle), coresWith = Round(resting), evaluation = Round(resting - idle) });
                Write(await LatenessAsync(http, "at rest", () => Task.Delay(options.Length, clock, stop)));
                Write(await LatenessAsync(http, "while requests scan in every slot", () => ScanAsync(http)));
                server.End();
            }

            if (options.Turns > 0)
            {
                MeasureTurns(folder);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static HttpClient ClientOf(MeasuredServer server)
    {
        HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{server.Address.Port}/"), Timeout = TimeSpan.FromMinutes(2) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", MeasuredServer.Token);
        return http;
    }

    private async Task PushDayAsync(HttpClient http)
    {
        Random random = new(20);
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        for (int first = 0; first < options.Transactions; first += BatchRows)
        {
            StringBuilder rows = new();
            for (int row = first; row < Math.Min(options.Transactions, first + BatchRows); row++)
            {
                long time = now - Day + (long)(Day * ((double)row / options.Transactions));
                int status = random.Next(50) == 0 ? 500 : 200;
                rows.Append(CultureInfo.InvariantCulture, $",[{time},\"shop-{random.Next(Agents)}\",\"/service-{random.Next(Services)}\"")
                    .Append(CultureInfo.InvariantCulture, $",{random.Next(1, 2_000_000) / 1_000.0},{status},\"GET\",{(status == 500 ? "true" : "false")}]");
            }

            string body = "{\"transaction\":{\"fields\":[\"time\",\"oname\",\"service\",\"elapsed\",\"status\",\"method\",\"error\"],\"rows\":["
                + rows.ToString(1, rows.Length - 1) + "]}}";
            await SendAsync(http, HttpMethod.Post, "ingest/v1/batch", body);
        }
    }

    // Most have a filter of their own, so that few share a scan.
    private async Task MakeRulesAsync(HttpClient http)
    {
        for (int i = 0; i < options.Rules; i++)
        {
            string query = (i % 10) switch
            {
                < 6 => $$"""{"kind":"transaction","measure":"p95(elapsed)","by":["service"],"where":["service:/service-{{i % Services}}"],"window":"5m"}""",
                < 8 => $$"""{"kind":"transaction","measure":"error_rate","by":["oname"],"where":["oname:shop-{{i % Agents}}"],"window":"10m"}""",
                8 => """{"kind":"transaction","measure":"count","window":"1m"}""",
                _ => """{"kind":"transaction","measure":"avg(elapsed)","by":["service"],"window":"1h"}""",
            };
            string threshold = (i % 10) switch { < 6 => "1990", < 8 => "0.2", 8 => "5000", _ => "1100" };
            await SendAsync(http, HttpMethod.Put, $"api/v1/rules/rule-{i}", RuleOf(query, threshold));
        }
    }

    private static string RuleOf(string query, string threshold) =>
        "{\"query\":" + query + ",\"condition\":{\"operator\":\">\",\"threshold\":" + threshold + "}}";

    private async Task SendAsync(HttpClient http, HttpMethod method, string path, string body)
    {
        using HttpRequestMessage request = new(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using HttpResponseMessage response = await http.SendAsync(request, stop);
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created))
        {
            throw new InvalidDataException($"{method} {path} was answered with {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(stop)}");
        }
    }

    // How many cores the server takes, on average.
    private async Task<double> CoresAsync(MeasuredServer server)
    {
        TimeSpan before = server.ProcessorTime;
        long began = clock.GetTimestamp();
        await Task.Delay(options.Length, clock, stop);
        return (server.ProcessorTime - before) / clock.GetElapsedTime(began);
    }

    private async Task<object> LatenessAsync(HttpClient http, string part, Func<Task> run)
    {
        (SortedDictionary<double, double> before, double failedBefore) = await BucketsAsync(http);
        await run();
        (SortedDictionary<double, double> after, double failed) = await BucketsAsync(http);
        double evaluations = after[double.PositiveInfinity] - before[double.PositiveInfinity];
        double greatest = after.First(bucket => bucket.Value - before[bucket.Key] >= evaluations).Key;
        double half = after.First(bucket => bucket.Value - before[bucket.Key] >= evaluations / 2).Key;
        return new { part, evaluations, failed = failed - failedBefore, halfWithinSeconds = half, allWithinSeconds = greatest };
    }

    private async Task<(SortedDictionary<double, double> Buckets, double Failed)> BucketsAsync(HttpClient http)
    {
        string metrics = await http.GetStringAsync("metrics", stop);
        SortedDictionary<double, double> buckets = [];
        foreach (Match bucket in Bucket().Matches(metrics))
        {
            string bound = bucket.Groups["le"].Value;
            buckets[bound == "+Inf" ? double.PositiveInfinity : double.Parse(bound, CultureInfo.InvariantCulture)] =
                double.Parse(bucket.Groups["count"].Value, CultureInfo.InvariantCulture);
        }

        Match failed = Failed().Match(metrics);
        return (buckets, failed.Success ? double.Parse(failed.Groups["count"].Value, CultureInfo.InvariantCulture) : 0);
    }

    private async Task ScanAsync(HttpClient http)
    {
        long began = clock.GetTimestamp();
        int scans = 0;
        await Task.WhenAll(Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(async _ =>
        {
            while (clock.GetElapsedTime(began) < options.Length)
            {
                using HttpResponseMessage response = await http.GetAsync(Scan[1..], stop);
                if (!response.IsSuccessStatusCode)
                {
                    throw new InvalidDataException($"{Scan} was answered with {(int)response.StatusCode}");
                }

                Interlocked.Increment(ref scans);
            }
        }));
        Write(new { part = "requests", scans });
    }

    // Last what fills the windows that rules read with many times the day's samples.
    private void MeasureTurns(string folder)
    {
        MeasureTurns(folder, "into another project, as fast as they are taken", OtherToken, rate: null);
        MeasureTurns(folder, "into the windows of the rules, at a rate that leaves room", MeasuredServer.Token, RoomyRate);
        MeasureTurns(folder, "into the windows of the rules, as fast as they are taken", MeasuredServer.Token, rate: null);
    }

    private void MeasureTurns(string folder, string pushes, string token, double? rate)
    {
        List<double> without = [], with = [];
        for (int turn = 0; turn < options.Turns; turn++)
        {
            // What a turn leaves behind is the next one's burden, so that each comes first as often as second.
            foreach (bool enabled in (ReadOnlySpan<bool>)(turn % 2 == 0 ? [false, true] : [true, false]))
            {
                (enabled ? with : without).Add(Push(folder, enabled, token, rate));
            }
        }

        Write(new
        {
            part = "pushes " + pushes,
            rateWithout = without.Select(rate => Math.Round(rate)),
            rateWith = with.Select(rate => Math.Round(rate)),
            ratio = Round(with.Average() / without.Average()),
        });
    }

    private double Push(string folder, bool enabled, string token, double? rate)
    {
        using MeasuredServer server = new(
            options.Server, folder, $"--Alerting:Enabled={enabled}", "--Projects:1:Pcode=2", "--Projects:1:Tokens:0:Secret=" + OtherToken,
            "--Projects:1:Tokens:0:Scopes:0=ingest");
        double samples = LoadRun.Measure(
            LoadOptions.OfTransactions(server.Address, token, TimeSpan.FromSeconds(35), TimeSpan.FromSeconds(5), rate), clock, stop).SamplesPerSecond;
        server.End();
        return samples;
    }

    private static double Round(double value) => Math.Round(value, 3);

    private void Write<T>(T line)
    {
        report.WriteLine(JsonSerializer.Serialize(line, JsonSerializerOptions.Web));
        report.Flush();
    }

    [GeneratedRegex(@"^timeseries_alerting_evaluation_lateness_seconds_bucket\{[^}]*le=""(?<le>[^""]+)""[^}]*\} (?<count>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Bucket();

    [GeneratedRegex(@"^timeseries_alerting_evaluations_total\{[^}]*outcome=""failed""[^}]*\} (?<count>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Failed();
}
