using System.Globalization;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Compare.Requests;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Load;

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

    private static readonly TimeSpan _atMost = TimeSpan.FromSeconds(30);

    public async Task RunAsync()
    {
        context.Metrics.Note(ReportNames.GrowthRows, $"Transactions of one day, 400 services; medians in ms of up to {Count} times.");
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
        context.Metrics.Add(part, row, ReportNames.BytesPerRow, (double)bytes / day.Transactions);
        using (MeasuredServer server = new(context.Options.Server, folder))
        {
            using MemoryWatch memory = new(server.ProcessId);
            using Requester requester = new(context.Clock, context.Stop);
            foreach (string name in new[] { ReportNames.ByMinute, ReportNames.ByService, ReportNames.ByMinuteAndService, ReportNames.TenSeconds })
            {
                Measure(requester, part, row, name, () => server.Request(ComparedQueries.All.First(query => query.Name == name).Ours));
            }

            Measure(requester, part, row, "endpoint transaction", () => server.Request($"/open/api/json/transaction/{MeasuredDay.Start}/{MeasuredDay.End}"));
            context.Metrics.Add(part, row, ReportNames.PeakMegabytes, memory.PeakBytes / Megabyte);
            server.End();
        }

        Directory.Delete(folder, recursive: true);
    }

    private void Measure(Requester requester, string part, string row, string name, Func<HttpRequestMessage> request)
    {
        LatencyHistogram latencies = requester.Measure(request, WarmUpCount, Count, _atMost);
        context.Metrics.Add(part, row, name + " ms", latencies.Median);
        context.Progress.Say($"growth  {row,12} {name,-36} {latencies.Median,10:F2} ms");
    }
}
