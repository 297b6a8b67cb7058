using System.Text.Json;
using TimeSeries.Benchmarks.Compare.Asking;
using TimeSeries.Benchmarks.Compare.Day;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Load;

namespace TimeSeries.Benchmarks.Compare.Parts;

/// <summary>Pushes one day of every kind, then asks every documented endpoint for it, then measures how a server on it starts.</summary>
internal sealed class WholeDayPart(CompareContext context)
{
    // The runtime compiles what is asked for often once more, with what it has seen; a server runs for days after that.
    private const int WarmUpCount = 1_000;
    private const double Megabyte = 1e6;

    // A quarter of it is for warming up: less than a thousand answers only where one takes over 10 ms.
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
            new RestartPart(context, folder).Run();
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
        context.Figures.Note(
            ReportNames.Endpoints,
            $"One day: {_day.Transactions:N0} transactions with what a gateway adds, as many statements, half as many calls, a 40th of exceptions, threads of 20 agents every 5 s, a 20th of alerts, a 200th of events: {accepted:N0} samples, pushed over HTTP, "
            + $"{bytes:N0} bytes of blocks. One connection, {context.Options.Requests} requests each after {WarmUpCount} (or 10 s), from the first byte sent to the last of the answer; first is the first of all to a server just started. Peak RssAnon while the day was pushed: {peak:F0} MB.");
    }

    private void AskAll(string folder)
    {
        using MeasuredServer server = new(context.Options.Server, folder);
        using MemoryWatch memory = new(server.ProcessId);
        using Asker asker = new(context.Clock, context.Stop);
        EndpointQuestions questions = new(server, _day, context.Clock);
        asker.Ask(questions.FirstAlerts());
        string alert = FirstId(asker.Answer);
        foreach (EndpointQuestion question in questions.All(alert))
        {
            double first = asker.Ask(question.Request()).TotalMilliseconds;
            LatencyHistogram latencies = asker.Measure(question.Request, WarmUpCount, context.Options.Requests, _atMost);
            (int records, int bytes) = (RecordsOf(asker.Answer), asker.Answer.Length);
            context.Figures.Add(ReportNames.Endpoints, question.Name, ReportNames.P50, latencies.Median);
            context.Figures.Add(ReportNames.Endpoints, question.Name, ReportNames.P99, latencies.P99);
            context.Figures.Add(ReportNames.Endpoints, question.Name, "longest ms", latencies.Longest);
            context.Figures.Add(ReportNames.Endpoints, question.Name, "first ms", first);
            context.Figures.Add(ReportNames.Endpoints, question.Name, ReportNames.Records, records);
            context.Figures.Add(ReportNames.Endpoints, question.Name, "bytes", bytes);
            context.Progress.Say($"asked   {question.Name,-40} p50 {latencies.Median,7:F2} ms  p99 {latencies.P99,7:F2} ms  {records} records");
            context.Figures.Check($"{question.Name}: the answer has records", NumberText.Of(records), records > 0);
        }

        context.Figures.Note(ReportNames.Endpoints, $"Peak RssAnon of the server while it was asked: {memory.PeakBytes / Megabyte:F0} MB.");
        server.End();
    }

    private static string FirstId(ReadOnlySpan<byte> answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer.ToArray());
        return ArrayOf(document.RootElement)!.Value[0].GetProperty("id").GetString()!;
    }

    private static int RecordsOf(ReadOnlySpan<byte> answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer.ToArray());
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
            : element.EnumerateObject().Where(property => property.Name != "columns").Select(property => ArrayOf(property.Value)).FirstOrDefault(found => found is not null);
    }
}
