using System.Text.RegularExpressions;
using System.Xml.Linq;
using NUnit.Framework;
using TimeSeries.Benchmarks.Compare.Peers;
using TimeSeries.Benchmarks.Compare.Reports;

namespace TimeSeries.Tests.Benchmarks;

/// <summary>What a comparison writes.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed partial class CompareReportTests
{
    [TestCase(2.1e6, true, true)]
    [TestCase(1.3e6, true, false)]
    [TestCase(1.1e6, false, false)]
    public void A_goal_is_judged_by_the_best_run(double best, bool must, bool goal)
    {
        MetricList metrics = new();
        metrics.Add(ReportNames.Ingest, ReportNames.OursIn("rows") + ", 2 connections", ReportNames.RowsPerSecond, 1e5);
        metrics.Add(ReportNames.Ingest, ReportNames.OursIn("rows") + ", 4 connections", ReportNames.RowsPerSecond, best);
        GoalLine rows = Goals.Of(metrics, [])[0];
        Assert.That((rows.Found, rows.MustMet, rows.GoalMet), Is.EqualTo((best, must, goal)));
    }

    [Test]
    public void What_was_not_measured_is_neither_met_nor_missed() =>
        Assert.That(Goals.Of(new MetricList(), []), Has.All.Matches<GoalLine>(goal => goal is { Found: null, MustMet: null, GoalMet: null }));

    [Test]
    public void A_query_is_judged_without_rollups_by_the_version_of_DuckDB_that_was_measured()
    {
        PeerFacts duckDb = new() { Name = PeerTitle.KeyOf(PeerName.Duckdb), Program = "duckdb", Version = "DuckDB v1.5.6", Settings = "" };
        MetricList metrics = new();
        metrics.Add(ReportNames.Query, ReportNames.ByMinute, ReportNames.MedianOf(ReportNames.Ours), 1);
        metrics.Add(ReportNames.Query, ReportNames.ByMinute, ReportNames.MedianOf(ReportNames.OursRaw), 12);
        metrics.Add(ReportNames.Query, ReportNames.ByMinute, ReportNames.MedianOf(PeerTitle.Of(PeerName.Duckdb, [duckDb])), 24);
        GoalLine goal = Goals.Of(metrics, [duckDb]).Single(goal => goal.Measure.Contains("DuckDB 1.5.6", StringComparison.Ordinal) && goal.Found is not null);
        Assert.That(goal.Measure, Does.Contain(ReportNames.ByMinute));
        Assert.That((goal.Found, goal.MustMet, goal.GoalMet), Is.EqualTo(((double?)0.5, (bool?)true, (bool?)false)));
    }

    [TestCase(PeerName.Influxdb, "InfluxDB v1.6.7~rc0 (git: unknown unknown)", "influxd 1.6.7")]
    [TestCase(PeerName.Clickhouse, "package 18.16.1+ds-7.3+b2", "ClickHouse 18.16.1")]
    [TestCase(PeerName.Victoriametrics, "unknown", "VictoriaMetrics")]
    public void A_peer_is_called_by_name_and_version(PeerName name, string version, string title)
    {
        PeerFacts facts = new() { Name = PeerTitle.KeyOf(name), Version = version, Settings = "" };
        Assert.That(PeerTitle.Of(name, [facts]), Is.EqualTo(title));
    }

    [Test]
    public void A_peer_that_is_absent_is_named()
    {
        CompareReport report = Report(new MetricList());
        Assert.That(MarkdownReport.Of(report), Does.Contain("**absent**: no mirror"));
        Assert.That(HtmlReport.Of(report), Does.Contain("absent: no mirror"));
    }

    [Test]
    public void Every_figure_stands_in_the_tables_and_plots_are_whole_SVG()
    {
        MetricList metrics = new();
        metrics.Add(ReportNames.Ingest, "TimeSeries, <rows>", ReportNames.RowsPerSecond, 1_234_567);
        metrics.Add(ReportNames.Query, ReportNames.ByMinute, ReportNames.MedianOf("TimeSeries"), 12.5);
        metrics.Add(ReportNames.Query, ReportNames.ByMinute, ReportNames.MedianOf("clickhouse"), 41);
        metrics.Add(ReportNames.GrowthRows, "1,000,000", "by minute ms", 7);
        metrics.Add(ReportNames.GrowthRows, "10,000,000", "by minute ms", 71);
        CompareReport report = Report(metrics);
        Assert.That(MarkdownReport.Of(report), Does.Contain("| TimeSeries, <rows> | 1,234,567 |").And.Contain("| 12.5 | 41 |"));
        string html = HtmlReport.Of(report);
        string[] plots = [.. Plot().Matches(html).Select(match => match.Value)];
        Assert.That(plots, Has.Length.EqualTo(3));
        Assert.That(plots.Select(plot => XElement.Parse(plot).Name.LocalName), Has.All.EqualTo("svg"));
        Assert.That(report.ToJson(), Does.Contain("1234567"));
    }

    private static CompareReport Report(MetricList metrics) => new()
    {
        Machine = [new("processor", "two")],
        Settings = [],
        Peers = [new PeerFacts { Name = "clickhouse", Absent = "no mirror", Settings = "" }],
        Goals = Goals.Of(metrics, []),
        Checks = metrics.Checks,
        Metrics = metrics.All,
        Notes = metrics.Notes,
    };

    [GeneratedRegex("<svg.*?</svg>")]
    private static partial Regex Plot();
}
