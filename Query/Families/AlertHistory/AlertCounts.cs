using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>The statistics as tables.</summary>
internal static class AlertCounts
{
    public static CellTable BySeverity(List<AlertCount> counts) => new(["severity", "count"], counts.Count, (row, column) => column switch
    {
        0 => Text(AlertSeverity.Names[counts[row].Severity]),
        _ => Number(counts[row].Count),
    });

    public static CellTable BySource(QueryResult result) => new(["source", "count"], result.RowCount, (row, column) => column switch
    {
        0 => Cell.Text(result.KeyText(row, 0)),
        _ => Number(result.Count(row, 0)),
    });

    public static CellTable Timeline(List<AlertCount> counts) => new(["time", "severity", "count"], counts.Count, (row, column) => column switch
    {
        0 => Text(AlertMoment.Format(counts[row].Window)),
        1 => Text(AlertSeverity.Names[counts[row].Severity]),
        _ => Number(counts[row].Count),
    });

    private static Cell Text(string value) => Cell.Text(Encoding.UTF8.GetBytes(value));

    private static Cell Number(long value) => Cell.Integer(Encoding.UTF8.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
}

/// <summary>How many alerts of one severity there are.</summary>
/// <param name="Window">Start of their window of time in ms; 0 where there are no windows.</param>
/// <param name="Severity">The severity's number.</param>
/// <param name="Count">How many.</param>
internal readonly record struct AlertCount(long Window, int Severity, long Count);
