using System.Collections.Immutable;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>The queries of the statistics: how many alerts there are by severity, by source, or by window of time and severity.</summary>
internal static class AlertStatistics
{
    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Alert);

    /// <summary>Counts by severity, in windows of so many ms (0: in one).</summary>
    public static SampleQuery SeverityQuery(long pcode, TimeRange range, ImmutableArray<Filter> filters, long window) => new()
    {
        Pcode = pcode,
        Kind = Kind.Alert,
        Range = range,
        WindowMilliseconds = window,
        GroupBy = [new GroupField(_schema.Ordinal("severity"))],
        Measures = [new(MeasureKind.Count)],
        Filters = filters,
    };

    /// <summary>Counts by source, the greatest first.</summary>
    public static SampleQuery SourceQuery(long pcode, TimeRange range, ImmutableArray<Filter> filters) => new()
    {
        Pcode = pcode,
        Kind = Kind.Alert,
        Range = range,
        GroupBy = [new GroupField(_schema.Ordinal("source"))],
        Measures = [new(MeasureKind.Count)],
        Filters = filters,
        Order = [new OrderTerm(OrderBy.Measure) { Descending = true }],
    };

    /// <summary>The counts of a result by severity: window by window, in each the worst severity first.</summary>
    public static List<AlertCount> BySeverity(QueryResult result)
    {
        List<AlertCount> counts = new(result.RowCount);
        for (int row = 0; row < result.RowCount; row++)
        {
            counts.Add(new AlertCount(result.WindowStart(row), AlertSeverity.Find(result.KeyText(row, 0)), result.Count(row, 0)));
        }

        counts.Sort((left, right) => left.Window != right.Window ? left.Window.CompareTo(right.Window) : right.Severity.CompareTo(left.Severity));
        return counts;
    }

    /// <summary>The same without windows, every severity whether there are such alerts or not.</summary>
    public static List<AlertCount> OfEverySeverity(QueryResult result)
    {
        List<AlertCount> present = BySeverity(result);
        List<AlertCount> every = [];
        for (int severity = AlertSeverity.Names.Length - 1; severity >= 0; severity--)
        {
            every.Add(new AlertCount(0, severity, present.Find(count => count.Severity == severity).Count));
        }

        return every;
    }
}
