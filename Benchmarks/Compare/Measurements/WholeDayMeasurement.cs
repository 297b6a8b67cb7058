using System.Text.Json;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Compare.Requests;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Load;

namespace TimeSeries.Benchmarks.Compare.Measurements;

/// <summary>Pushes one day of every kind, then asks every documented endpoint for it, then measures how a server on it starts.</summary>
internal sealed class WholeDayMeasurement(CompareContext context)
{
    // The runtime compiles what is asked for often once more, with what it has seen; a server runs for days after that.
    private const int WarmUpCount = 1_000;
    private const int FirstCount = 100;
    private const double Megabyte = 1e6;

    // A quarter of it is for warming up: less than a thousand responses only where one takes over 10 ms.
    private static readonly TimeSpan _atMost = TimeSpan.FromSeconds(40);

    private readonly MeasuredDay _day = new(context.Options.Rows) { HasGateway = true };

    public async Task RunAsync()
    {
        string folder = context.NewFolder("day");
        await PushAsync(folder);
        if (context.Options.Has(ComparePart.Endpoints))
        {
            AskAll(folder);
        }

        if (context.Options.Has(ComparePart.Restart))
        {
            new RestartMeasurement(context, folder).Run();
        }

        Directory.Delete(folder, recursive: true);
    }

    private async Task PushAsync(string folder)
    {
        double peak;
        long accepted;
        long start = context.Clock.GetTimestamp();
        using (MeasuredServer server = new(context.Options.Server, folder))
        {
            using MemoryWatch memory = new(server.ProcessId);
            accepted = new DayPush(server.Address, MeasuredServer.Token, context.Stop).Everything(_day);
            peak = memory.PeakBytes / Megabyte;
            server.End();
        }

        double seconds = context.Clock.GetElapsedTime(start).TotalSeconds;
        long bytes = await MeasuredServer.SettleAsync(folder);
        context.Progress.Say($"day     {accepted:N0} samples of every kind pushed in {seconds:F0} s");
        context.Metrics.Note(
            ReportNames.Endpoints,
            $"One day: {_day.Transactions:N0} transactions with what a gateway adds, as many statements, half as many calls, a 40th of exceptions, threads of "
                + $"20 agents every 5 s, a 20th of alerts, a 200th of events: {accepted:N0} samples, pushed over HTTP, "
            + $"{bytes:N0} bytes of blocks. One connection, {context.Options.Requests} requests each after {WarmUpCount} (or 10 s), from the first byte sent "
            + $"to the last of the response; first is the first of all to a server just started, and it and the next 99 are the first 100. "
            + $"Peak RssAnon while the day was pushed: {peak:F0} MB.");
    }

    private void AskAll(string folder)
    {
        using MeasuredServer server = new(context.Options.Server, folder);
        using MemoryWatch memory = new(server.ProcessId);
        using Requester requester = new(context.Clock, context.Stop);
        EndpointRequests queries = new(server, _day, context.Clock);
        requester.Ask(queries.FirstAlerts());
        string alert = FirstId(requester.Response);
        foreach (EndpointRequest query in queries.All(alert))
        {
            double first = requester.Ask(query.Request()).TotalMilliseconds;
            LatencyHistogram early = requester.Measure(query.Request, 0, FirstCount - 1, _atMost);
            early.Record(TimeSpan.FromMilliseconds(first));
            LatencyHistogram latencies = requester.Measure(query.Request, WarmUpCount, context.Options.Requests, _atMost);
            (int records, int bytes) = (RecordsOf(requester.Response), requester.Response.Length);
            context.Metrics.Add(ReportNames.Endpoints, query.Name, ReportNames.P50, latencies.Median);
            context.Metrics.Add(ReportNames.Endpoints, query.Name, ReportNames.P99, latencies.P99);
            context.Metrics.Add(ReportNames.Endpoints, query.Name, "longest ms", latencies.Longest);
            context.Metrics.Add(ReportNames.Endpoints, query.Name, ReportNames.FirstMs, first);
            context.Metrics.Add(ReportNames.Endpoints, query.Name, ReportNames.FirstHundred, early.P99);
            context.Metrics.Add(ReportNames.Endpoints, query.Name, ReportNames.Records, records);
            context.Metrics.Add(ReportNames.Endpoints, query.Name, "bytes", bytes);
            context.Progress.Say($"asked   {query.Name,-40} p50 {latencies.Median,7:F2} ms  p99 {latencies.P99,7:F2} ms  {records} records");
            context.Metrics.Check($"{query.Name}: the response has records", NumberText.Of(records), records > 0);
        }

        context.Metrics.Note(ReportNames.Endpoints, $"Peak RssAnon of the server while it was asked: {memory.PeakBytes / Megabyte:F0} MB.");
        server.End();
    }

    private static string FirstId(ReadOnlySpan<byte> response)
    {
        using JsonDocument document = JsonDocument.Parse(response.ToArray());
        return ArrayOf(document.RootElement)!.Value[0].GetProperty("id").GetString()!;
    }

    private static int RecordsOf(ReadOnlySpan<byte> response)
    {
        using JsonDocument document = JsonDocument.Parse(response.ToArray());
        return ArrayOf(document.RootElement)?.GetArrayLength() ?? 1;
    }

    // Every list stands in an array, alone or under one or two names; columns of an aggregate are described before its rows.
    private static JsonElement? ArrayOf(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            return element;
        }

        return element.ValueKind != JsonValueKind.Object ? null
            : element.EnumerateObject().Where(property => property.Name != "columns").Select(property => ArrayOf(property.Value))
                .FirstOrDefault(found => found is not null);
    }
}
