using System.Globalization;
using System.Text;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Compare.Requests;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Benchmarks.Rules;

namespace TimeSeries.Benchmarks.Compare.Measurements;

/// <summary>
/// Measures how costs grow with the samples of a day, and with the services that they are of. Nothing may grow faster than its response, or than what it has to
/// read.
/// </summary>
internal sealed class GrowthMeasurement(CompareContext context)
{
    private const int WarmUpCount = 3;
    private const int Count = 20;
    private const long ServiceRows = 1_000_000;
    private const double Megabyte = 1e6;
    private const int Rules = 100;
    private const int LiveRows = 200;

    private static readonly TimeSpan _livePause = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan _atMost = TimeSpan.FromSeconds(30);

    // Each rule has its turn every 30 s.
    private static readonly TimeSpan _lateness = TimeSpan.FromSeconds(31);

    public async Task RunAsync()
    {
        context.Metrics.Note(ReportNames.GrowthRows,
            $"Transactions of one day, 400 services; medians in ms of up to {Count} times, each of another txid where it has one. Beside the queries "
                + $"{Rules} rules are evaluated every 30 s, over the transactions of now, of which 1,000 a second are pushed.");
        foreach (long rows in context.Options.GrowthRows)
        {
            await MeasureAsync(ReportNames.GrowthRows, rows, new MeasuredDay(rows));
        }

        context.Metrics.Note(ReportNames.GrowthServices,
            $"{ServiceRows:N0} transactions of one day, services as often as 1/k; medians in ms of up to {Count} times. A response by service has as many rows "
                + "as there are services, at most 10,000 (endpoint) or 1,000 (aggregate).");
        foreach (int services in context.Options.GrowthServices)
        {
            await MeasureAsync(ReportNames.GrowthServices, services, new MeasuredDay(ServiceRows, services));
        }
    }

    private async Task MeasureAsync(string part, long size, MeasuredDay day)
    {
        string folder = context.NewFolder("growth");
        string row = size.ToString("N0", CultureInfo.InvariantCulture);
        using (MeasuredServer server = new(context.Options.Server, folder))
        {
            long start = context.Clock.GetTimestamp();
            long accepted = new DayPush(server.Address, MeasuredServer.Token, context.Stop).Transactions(day);
            context.Progress.Say($"growth  {row} pushed in {context.Clock.GetElapsedTime(start).TotalSeconds:F0} s");
            context.Metrics.Check($"{part}, {row}: accepted = made", $"{accepted}, {day.Transactions}", accepted == day.Transactions);
            server.End();
        }

        long bytes = await MeasuredServer.SettleAsync(folder);
        context.Progress.Say($"growth  {row} settled");
        context.Metrics.Add(part, row, ReportNames.BytesPerRow, (double)bytes / day.Transactions);
        using (MeasuredServer server = new(context.Options.Server, folder))
        {
            using MemoryWatch memory = new(server.ProcessId);
            using RuleClient client = new(server, context.Stop);
            await client.MakeRulesAsync(Rules);
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.Stop);
            Task live = PushLiveAsync(client, end.Token);
            await Task.Run(() => Ask(server, part, row, day, memory), context.Stop);
            await Task.WhenAny(live, Task.Delay(_lateness, context.Clock, context.Stop));
            EvaluationCounts evaluations = await client.CountEvaluationsAsync();
            await end.CancelAsync();
            await live;
            context.Metrics.Add(part, row, "rules late at most s", evaluations.SecondsOf(1, new EvaluationCounts([], 0)));
            context.Metrics.Check($"{part}, {row}: rules were evaluated, none failed", $"{evaluations.Count}, {evaluations.Failed}",
                evaluations.Count >= Rules && evaluations.Failed == 0);
            context.Metrics.Add(part, row, ReportNames.PeakMegabytes, memory.PeakBytes / Megabyte);
            server.End();
        }

        Directory.Delete(folder, recursive: true);
    }

    // What rules judge: a few transactions of now, until the measurement ends.
    private async Task PushLiveAsync(RuleClient client, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            long now = context.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            await client.PushAsync(now - (long)_livePause.TotalMilliseconds, now, LiveRows);
            await Task.Delay(_livePause, context.Clock, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Ask(MeasuredServer server, string part, string row, MeasuredDay day, MemoryWatch memory)
    {
        using Requester requester = new(context.Clock, context.Stop);
        foreach (string name in new[] { ReportNames.ByMinute, ReportNames.ByService, ReportNames.ByMinuteAndService, ReportNames.TenSeconds })
        {
            Measure(requester, part, row, name, memory, () => server.Request(ComparedQueries.All.First(query => query.Name == name).Ours));
        }

        string times = string.Create(CultureInfo.InvariantCulture, $"kind=transaction&from={MeasuredDay.Start}&to={MeasuredDay.End}");
        Measure(requester, part, row, "endpoint transaction", memory,
            () => server.Request($"/open/api/json/transaction/{MeasuredDay.Start}/{MeasuredDay.End}"));
        Measure(requester, part, row, "hit map", memory, () => server.Request("/api/v1/heatmap?" + times));
        Random slices = new(1);
        string txid = "";
        Measure(requester, part, row, "a txid", memory,
            () => server.Request($"/api/v1/samples?{times}&where=txid:{txid = MeasuredDay.FirstTxidOf(slices.Next(day.SliceCount))}"));
        context.Metrics.Check($"{part}, {row}: a txid is found", txid, Encoding.UTF8.GetString(requester.Response).Contains(txid, StringComparison.Ordinal));
        Measure(requester, part, row, "a txid that is not there", memory,
            () => server.Request($"/api/v1/samples?{times}&where=txid:{slices.NextInt64():x16}"));
    }

    private void Measure(Requester requester, string part, string row, string name, MemoryWatch memory, Func<HttpRequestMessage> request)
    {
        LatencyHistogram latencies = requester.Measure(request, WarmUpCount, Count, _atMost);
        context.Metrics.Add(part, row, name + " ms", latencies.Median);
        context.Progress.Say($"growth  {row,12} {name,-36} {latencies.Median,10:F2} ms  peak {memory.PeakBytes / Megabyte:F0} MB");
    }
}
