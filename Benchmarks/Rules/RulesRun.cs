using System.Text.Json;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Load;

namespace TimeSeries.Benchmarks.Rules;

/// <summary>
/// One run: a day of transactions, a server without rules at rest, the same with rules, with rules while requests scan in every slot; then transactions are
/// pushed, by turns with rules and without.
/// </summary>
internal sealed class RulesRun(RulesOptions options, TimeProvider clock, TextWriter report, CancellationToken stop)
{
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
                using RuleClient client = new(server, stop);
                long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                await client.PushAsync(now - Day, now, options.Transactions);
                double idle = await CoresAsync(server);
                await client.MakeRulesAsync(options.Rules);
                double resting = await CoresAsync(server);
                Write(new { part = "rules", options.Rules, coresWithout = Round(idle), coresWith = Round(resting), evaluation = Round(resting - idle) });
                Write(await LatenessAsync(client, "at rest", () => Task.Delay(options.Length, clock, stop)));
                Write(await LatenessAsync(client, "while requests scan in every slot", () => ScanAsync(client.Http)));
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

    // How many cores the server takes, on average.
    private async Task<double> CoresAsync(MeasuredServer server)
    {
        TimeSpan before = server.ProcessorTime;
        long began = clock.GetTimestamp();
        await Task.Delay(options.Length, clock, stop);
        return (server.ProcessorTime - before) / clock.GetElapsedTime(began);
    }

    private static async Task<object> LatenessAsync(RuleClient client, string part, Func<Task> run)
    {
        EvaluationCounts before = await client.CountEvaluationsAsync();
        await run();
        EvaluationCounts after = await client.CountEvaluationsAsync();
        return new
        {
            part,
            evaluations = after.Count - before.Count,
            failed = after.Failed - before.Failed,
            halfWithinSeconds = after.SecondsOf(0.5, before),
            allWithinSeconds = after.SecondsOf(1, before),
        };
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
}
