using System.Globalization;
using System.Text;
using TimeSeries.Benchmarks.Compare.Measurements;
using TimeSeries.Benchmarks.Compare.Peers;
using TimeSeries.Benchmarks.Compare.Reports;

namespace TimeSeries.Benchmarks.Compare;

/// <summary>One comparison: its parts one after the other, one system at a time, then the reports.</summary>
internal sealed class CompareRun(CompareOptions options, TimeProvider clock, CancellationToken stop)
{
    /// <summary>Runs it; returns what must hold and does not.</summary>
    public async Task<IReadOnlyList<ResponseCheck>> RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("timeseries-compare-").FullName;
        try
        {
            IReadOnlyList<Fact> machine = MachineFacts.Read(folder, clock);
            PeerFacts[] peers = [.. options.Peers.Select(Find)];
            CompareContext context = new(options, peers, folder, clock, stop);
            foreach (PeerFacts peer in peers)
            {
                context.Progress.Say($"peer    {peer.Name}: {peer.Program ?? "absent, " + peer.Absent}");
            }

            try
            {
                await MeasureAsync(context);
            }
            catch (OperationCanceledException)
            {
                context.Metrics.Check("the run went to its end", "it was stopped", holds: false);
            }

            CompareReport report = Report(context, machine);
            Write(report);
            return [.. report.Checks.Where(check => !check.Holds)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private PeerFacts Find(PeerName name) => name == PeerName.Duckdb ? DuckDbProgram.Build() : PeerProgram.Of(name).Find(options.PeerFolder);

    private static async Task MeasureAsync(CompareContext context)
    {
        CompareOptions options = context.Options;
        if (options.Has(ComparePart.Ingest))
        {
            context.Try("ingest", new IngestMeasurement(context).Run);
        }

        if (options.Has(ComparePart.Otlp))
        {
            await context.TryAsync("otlp", new ExportMeasurement(context).RunAsync);
        }

        if (options.Has(ComparePart.Disk) || options.Has(ComparePart.Query))
        {
            await context.TryAsync("query", new QueryMeasurement(context).RunAsync);
        }

        if (options.Has(ComparePart.Endpoints) || options.Has(ComparePart.Restart))
        {
            await context.TryAsync("endpoints", new WholeDayMeasurement(context).RunAsync);
        }

        if (options.Has(ComparePart.Latency))
        {
            context.Try("latency", new LatencyMeasurement(context).Run);
        }

        if (options.Has(ComparePart.Cold))
        {
            context.Try("cold", new ColdMeasurement(context).Run);
        }

        if (options.Has(ComparePart.Memory))
        {
            context.Try("memory", new MemoryMeasurement(context).Run);
        }

        if (options.Has(ComparePart.Growth))
        {
            await context.TryAsync("growth", new GrowthMeasurement(context).RunAsync);
        }
    }

    private CompareReport Report(CompareContext context, IReadOnlyList<Fact> machine) => new()
    {
        Machine = machine,
        Settings =
        [
            new("run again", "dotnet run -c Release --project Benchmarks -- " + options.CommandLine),
            new("parts", string.Join(", ", options.Parts).ToLowerInvariant()),
            new("transactions of the day", options.Rows.ToString("N0", CultureInfo.InvariantCulture)),
            new("each load", string.Create(CultureInfo.InvariantCulture,
                $"{options.Length.TotalSeconds:F0} s after {options.WarmUp.TotalSeconds:F0} s that do not count")),
            new("settings of TimeSeries", "defaults (durable acks), an empty folder for each measurement; Query:MaxRows raised to count everything"),
            new("end", clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
        ],
        Peers = context.Peers,
        Goals = Goals.Of(context.Metrics, context.Peers),
        Checks = context.Metrics.Checks,
        Metrics = context.Metrics.All,
        Notes = context.Metrics.Notes,
    };

    private void Write(CompareReport report)
    {
        Directory.CreateDirectory(options.Output);
        foreach ((string name, string text) in new[] { ("report.json", report.ToJson()), ("report.md", MarkdownReport.Of(report)), (
            "report.html", HtmlReport.Of(report)) })
        {
            File.WriteAllBytes(Path.Combine(options.Output, name), Encoding.UTF8.GetBytes(text));
        }
    }
}
