using TimeSeries.Benchmarks.Compare.Peers;

namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>What the measured numbers must be and should be: the same for every run, set before the first.</summary>
internal static class Goals
{
    // Answers with more records than this may take longer.
    private const double ManyRecords = 1_000;

    /// <summary>Judges the numbers of a run.</summary>
    public static IReadOnlyList<GoalLine> Of(FigureList figures) => [.. Ingest(figures), .. Queries(figures), .. Endpoints(figures), .. Others(figures)];

    private static IEnumerable<GoalLine> Ingest(FigureList figures)
    {
        double? influx = Best(figures, NameOf(PeerName.Influxdb));
        double? clickHouse = Best(figures, NameOf(PeerName.Clickhouse));
        double? rows = Best(figures, ReportNames.OursIn("rows"));
        double? table = Best(figures, ReportNames.OursIn("table"));
        double? columns = Best(figures, ReportNames.OursIn("columns"));
        yield return More("MessagePack rows (maps), durable acks", rows, "rows/s", 1.2e6, 2e6);
        yield return More("MessagePack rows ÷ influxd", rows / influx, "×", 20, 20);
        yield return More("MessagePack table", table, "rows/s", 2e6, 2e6);
        yield return More("MessagePack table ÷ ClickHouse, which does not fsync", table / clickHouse, "×", null, 1.5);
        yield return More("MessagePack columns", columns, "rows/s", 3e6, 6e6);
        yield return Less("allocated bytes a sample, whole process, worst form", Worst(figures, ReportNames.Ingest, ReportNames.AllocatedBytes), "B", 1, 0.1);
    }

    private static IEnumerable<GoalLine> Queries(FigureList figures)
    {
        string ours = ReportNames.MedianOf(ReportNames.Ours);
        string clickHouse = ReportNames.MedianOf(NameOf(PeerName.Clickhouse));
        foreach (string question in new[] { ReportNames.OfUser, ReportNames.TenSeconds, ReportNames.ByMinuteAndService, ReportNames.ByMinute })
        {
            yield return Less(
                $"aggregate {question} ÷ ClickHouse", figures.Find(ReportNames.Query, question, ours) / figures.Find(ReportNames.Query, question, clickHouse), "×", 1.5, 0.7);
        }

        foreach (string question in new[] { ReportNames.ByService, ReportNames.ByHourAndService })
        {
            yield return Less($"aggregate {question}, on rollups", figures.Find(ReportNames.Query, question, ours), "ms", 10, 3);
        }

        yield return Less("bytes on disk a transaction", figures.Find(ReportNames.Disk, ReportNames.Ours, ReportNames.BytesPerRow), "B", 60, 35);
    }

    private static IEnumerable<GoalLine> Endpoints(FigureList figures)
    {
        List<Figure> few = [];
        List<Figure> many = [];
        foreach (Figure figure in figures.Column(ReportNames.Endpoints, ReportNames.P99))
        {
            bool isMany = figures.Find(ReportNames.Endpoints, figure.Row, ReportNames.Records) > ManyRecords || figure.Row == "remote";
            (isMany ? many : few).Add(figure);
        }

        yield return Less("slowest endpoint, p99", few.Count == 0 ? null : few.Max(figure => figure.Value), "ms", 20, 5);
        yield return Less("slowest endpoint with over 1,000 records, p99", many.Count == 0 ? null : many.Max(figure => figure.Value), "ms", 20, 20);
    }

    private static IEnumerable<GoalLine> Others(FigureList figures)
    {
        yield return Less("anonymous memory under load, peak", Worst(figures, ReportNames.Memory, ReportNames.PeakMegabytes) ?? Worst(figures, ReportNames.Ingest, ReportNames.PeakMegabytes), "MB", 700, 400);
        yield return Less("ack at half load ÷ fdatasync, p50", figures.Find(ReportNames.Latency, "ratio", ReportNames.P50), "×", 3, 2);
        yield return Less("ack at half load ÷ fdatasync, p99", figures.Find(ReportNames.Latency, "ratio", ReportNames.P99), "×", 10, 5);
        yield return Less("start until the first answer, head replay included", figures.Find(ReportNames.Restart, "median", ReportNames.FirstAnswer), "s", 2, 1);
    }

    private static string NameOf(PeerName name) => name.ToString().ToLowerInvariant();

    private static double? Best(FigureList figures, string rowStart) =>
        figures.Column(ReportNames.Ingest, ReportNames.RowsPerSecond, rowStart).Select(figure => (double?)figure.Value).Max();

    private static double? Worst(FigureList figures, string part, string column) => figures.Column(part, column).Select(figure => (double?)figure.Value).Max();

    private static GoalLine More(string measure, double? found, string unit, double? must, double goal) =>
        new() { Measure = measure, Found = found, Unit = unit, Must = must, Goal = goal, LessIsBetter = false };

    private static GoalLine Less(string measure, double? found, string unit, double must, double goal) =>
        new() { Measure = measure, Found = found, Unit = unit, Must = must, Goal = goal, LessIsBetter = true };
}
