using TimeSeries.Benchmarks.Compare.Peers;
using TimeSeries.Benchmarks.Compare.Requests;

namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>What the measured numbers must be and should be: the same for every run, set before the first.</summary>
internal static class Goals
{
    // Responses with more records than this may take longer.
    private const double ManyRecords = 1_000;

    /// <summary>Judges the numbers of a run.</summary>
    /// <param name="metrics">The numbers.</param>
    /// <param name="peers">What was compared with: goals name their versions.</param>
    public static IReadOnlyList<GoalLine> Of(MetricList metrics, IReadOnlyList<PeerFacts> peers) =>
        [.. Ingest(metrics, peers), .. Queries(metrics, peers), .. Endpoints(metrics), .. Others(metrics)];

    private static IEnumerable<GoalLine> Ingest(MetricList metrics, IReadOnlyList<PeerFacts> peers)
    {
        string influx = PeerTitle.Of(PeerName.Influxdb, peers);
        string clickHouse = PeerTitle.Of(PeerName.Clickhouse, peers);
        double? rows = Best(metrics, ReportNames.OursIn("rows"));
        double? table = Best(metrics, ReportNames.OursIn("table"));
        double? columns = Best(metrics, ReportNames.OursIn("columns"));
        yield return More("rows, fresh data, durable", rows, "rows/s", 1.2e6, 2e6);
        yield return More($"rows, fresh data ÷ {influx}", rows / Best(metrics, influx), "×", 20, 20);
        yield return More("table, fresh data, durable", table, "rows/s", 2e6, 2e6);
        yield return More($"table, fresh data ÷ {clickHouse}, which does not fsync", table / Best(metrics, clickHouse), "×", null, 1.5);
        yield return More("columns, fresh data, durable", columns, "rows/s", 3e6, 6e6);
        yield return Less("allocated bytes a sample, whole process, worst form", Worst(metrics, ReportNames.Ingest, ReportNames.AllocatedBytes), "B", 1, 0.1);
    }

    private static IEnumerable<GoalLine> Queries(MetricList metrics, IReadOnlyList<PeerFacts> peers)
    {
        string clickHouse = PeerTitle.Of(PeerName.Clickhouse, peers);
        string duckDb = PeerTitle.Of(PeerName.Duckdb, peers);
        foreach (string query in new[] { ReportNames.OfUser, ReportNames.TenSeconds, ReportNames.ByMinuteAndService, ReportNames.ByMinute })
        {
            yield return Less(
                $"aggregate {query} ÷ {clickHouse}", Median(metrics, query, ReportNames.Ours) / Median(metrics, query, clickHouse), "×", 1.5, 0.7);
        }

        foreach (ComparedQuery query in ComparedQueries.All)
        {
            yield return Less(
                $"aggregate {query.Name}, without rollups ÷ {duckDb}",
                Median(metrics, query.Name, ReportNames.OursRaw) / Median(metrics, query.Name, duckDb), "×", 0.7, 0.3);
        }

        foreach (string query in new[] { ReportNames.ByService, ReportNames.ByHourAndService })
        {
            yield return Less($"aggregate {query}, on rollups", Median(metrics, query, ReportNames.Ours), "ms", 10, 3);
        }

        yield return Less(
            $"bytes on disk a transaction: {ReportNames.OursOnDisk}",
            metrics.Find(ReportNames.Disk, ReportNames.Ours, ReportNames.BytesPerRow), "B", 29, 25);
    }

    private static IEnumerable<GoalLine> Endpoints(MetricList metrics)
    {
        List<Metric> few = [];
        List<Metric> many = [];
        foreach (Metric metric in metrics.Column(ReportNames.Endpoints, ReportNames.P99))
        {
            bool isMany = metrics.Find(ReportNames.Endpoints, metric.Row, ReportNames.Records) > ManyRecords || metric.Row == "remote";
            (isMany ? many : few).Add(metric);
        }

        yield return Less("first response of an endpoint ÷ its median, greatest", Greatest(metrics), "×", 10, 3);
        yield return Less(
            "p99 of an endpoint's first 100 responses, up to 1,000 records, greatest",
            few.Select(metric => metrics.Find(ReportNames.Endpoints, metric.Row, ReportNames.FirstHundred)).Max(), "ms", 20, 10);
        yield return Less("slowest endpoint, p99", few.Count == 0 ? null : few.Max(metric => metric.Value), "ms", 20, 5);
        yield return Less("slowest endpoint with over 1,000 records, p99", many.Count == 0 ? null : many.Max(metric => metric.Value), "ms", 20, 20);
    }

    private static IEnumerable<GoalLine> Others(MetricList metrics)
    {
        yield return Less(
            "first 500,000 samples after a start ÷ steady cost", metrics.Find(ReportNames.Cold, ReportNames.FirstToSteady, "ratio"), "×", 1.5, 1.2);
        yield return Less("memory at full rate, peak of RssAnon",
            Worst(metrics, ReportNames.Memory, ReportNames.PeakMegabytes) ?? Worst(metrics, ReportNames.Ingest, ReportNames.PeakMegabytes), "MB", 400, 300);
        yield return Less("ack at half load ÷ fdatasync, p50", metrics.Find(ReportNames.Latency, "ratio", ReportNames.P50), "×", 3, 2);
        yield return Less("ack at half load ÷ fdatasync, p99", metrics.Find(ReportNames.Latency, "ratio", ReportNames.P99), "×", 10, 5);
        yield return Less("start until ready on all blocks, head replay included, with warm-up", Ready(metrics, ReportNames.WithWarmUp), "s", 2, 2);
        yield return Less("the same without warm-up", Ready(metrics, ReportNames.WithoutWarmUp), "s", 1, 1);
    }

    private static double? Ready(MetricList metrics, string start) => metrics.Find(ReportNames.Restart, start, ReportNames.ReadySeconds);

    private static double? Greatest(MetricList metrics) => metrics.Column(ReportNames.Endpoints, ReportNames.FirstMs)
        .Select(first => first.Value / metrics.Find(ReportNames.Endpoints, first.Row, ReportNames.P50)).Max();

    private static double? Median(MetricList metrics, string query, string system) =>
        metrics.Find(ReportNames.Query, query, ReportNames.MedianOf(system));

    private static double? Best(MetricList metrics, string rowStart) =>
        metrics.Column(ReportNames.Ingest, ReportNames.RowsPerSecond, rowStart).Select(metric => (double?)metric.Value).Max();

    private static double? Worst(MetricList metrics, string part, string column) => metrics.Column(part, column).Select(metric => (double?)metric.Value).Max();

    private static GoalLine More(string measure, double? found, string unit, double? must, double goal) =>
        new() { Measure = measure, Found = found, Unit = unit, Must = must, Goal = goal, LessIsBetter = false };

    private static GoalLine Less(string measure, double? found, string unit, double must, double goal) =>
        new() { Measure = measure, Found = found, Unit = unit, Must = must, Goal = goal, LessIsBetter = true };
}
