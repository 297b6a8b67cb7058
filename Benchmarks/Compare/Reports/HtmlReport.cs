using System.Globalization;
using System.Net;
using System.Text;

namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>Writes a report as one page with its plots in it: no script, no other file.</summary>
internal static class HtmlReport
{
    private const string Style = """
        body{font:15px/1.45 system-ui,sans-serif;max-width:1100px;margin:2em auto;padding:0 1em;color:#222;background:#fff}
        table{border-collapse:collapse;margin:.8em 0}td,th{border:1px solid #ccc;padding:.25em .6em;text-align:right;vertical-align:top}
        td:first-child,th:first-child,table.text td{text-align:left}svg{display:block;max-width:880px;margin:1em 0;font:12px system-ui,sans-serif}
        .title{font-weight:600;font-size:13px}.ours{fill:#0b6e99}.other{fill:#b5b5b5}.grid{stroke:#ddd}.yes{color:#3c8031}.no{color:#b00020;font-weight:600}
        """;

    private static readonly string[] _growthParts = [ReportNames.GrowthRows, ReportNames.GrowthServices];

    public static string Of(CompareReport report)
    {
        StringBuilder html = new();
        html.Append("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>TimeSeries compared</title><style>").Append(Style)
            .Append("</style></head><body><h1>TimeSeries compared</h1>");
        Table(html, "text", ["machine and run", ""], report.Machine.Concat(report.Settings).Select(fact => new[] { fact.Name, fact.Value }));
        html.Append("<h2>Goals</h2>");
        Table(html, "", ["measure", "found", "must", "met", "goal", "met"], report.Goals.Select(MarkdownReport.Cells));
        html.Append("<h2>Compared with</h2>");
        Table(
            html, "text", ["system", "version", "program", "settings"],
            report.Peers.Select(peer => new[] { peer.Name, peer.Version ?? "–", peer.Program ?? "absent: " + peer.Absent, peer.Settings }));
        foreach (PivotTable table in PivotTable.Of(report.Metrics))
        {
            html.Append(CultureInfo.InvariantCulture, $"<h2>{WebUtility.HtmlEncode(table.Part)}</h2>");
            foreach (Fact note in report.Notes.Where(note => note.Name == table.Part))
            {
                html.Append(CultureInfo.InvariantCulture, $"<p>{WebUtility.HtmlEncode(note.Value)}</p>");
            }

            Plots(html, table);
            Table(html, "", ["", .. table.Columns], table.Rows.Select(row => MarkdownReport.CellsOf(table, row)));
        }

        html.Append("<h2>What must hold for the numbers to count</h2>");
        Table(html, "text", ["", "found", "holds"], report.Checks.Select(check => new[] { check.Name, check.Found, NumberText.Of(check.Holds) }));
        return html.Append("</body></html>\n").ToString();
    }

    private static void Plots(StringBuilder html, PivotTable table)
    {
        if (_growthParts.Contains(table.Part))
        {
            Lines(html, table, "times in ms", [.. table.Columns.Where(column => column.EndsWith(" ms", StringComparison.Ordinal))]);
            Lines(html, table, "disk and memory", [.. table.Columns.Where(column => !column.EndsWith(" ms", StringComparison.Ordinal))]);
            return;
        }

        if (table.Part == ReportNames.Query)
        {
            // A plot for each query: the systems beside each other.
            foreach (string row in table.Rows)
            {
                Bars(
                    html, $"{row}, median ms",
                    table.Columns.Where(IsMedian).Select(column => (column[..^ReportNames.MedianOf("").Length], table.Value(row, column))));
            }

            return;
        }

        string? drawn = table.Columns.Find(column => column is ReportNames.RowsPerSecond or ReportNames.BytesPerRow or ReportNames.P99);
        if (drawn is not null)
        {
            Bars(html, drawn, table.Rows.Select(row => (row, table.Value(row, drawn))));
        }
    }

    private static void Lines(StringBuilder html, PivotTable table, string what, string[] columns)
    {
        double[] sizes = [.. table.Rows.Select(row => double.Parse(row, NumberStyles.Number, CultureInfo.InvariantCulture))];
        html.Append(SvgLines.Draw(
            $"{table.Part}: {what}, both scales logarithmic", sizes,
            [.. columns.Select(column => (column, table.Rows.Select(row => table.Value(row, column)).ToArray()))]));
    }

    private static bool IsMedian(string column) => column.EndsWith(ReportNames.MedianOf(""), StringComparison.Ordinal);

    private static void Bars(StringBuilder html, string title, IEnumerable<(string Label, double? Value)> bars)
    {
        (string, double)[] known = [.. bars.Where(bar => bar.Value is not null).Select(bar => (bar.Label, bar.Value!.Value))];
        if (known.Length > 0)
        {
            html.Append(SvgBars.Draw(title, known));
        }
    }

    private static void Table(StringBuilder html, string kind, string[] heads, IEnumerable<string[]> rows)
    {
        html.Append(CultureInfo.InvariantCulture, $"<table class=\"{kind}\"><tr>");
        foreach (string head in heads)
        {
            html.Append(CultureInfo.InvariantCulture, $"<th>{WebUtility.HtmlEncode(head)}</th>");
        }

        html.Append("</tr>");
        foreach (string[] row in rows)
        {
            html.Append("<tr>");
            foreach (string cell in row)
            {
                html.Append(cell switch
                {
                    "yes" => "<td class=\"yes\">yes</td>",
                    "**no**" => "<td class=\"no\">no</td>",
                    _ => $"<td>{WebUtility.HtmlEncode(cell)}</td>",
                });
            }

            html.Append("</tr>");
        }

        html.Append("</table>");
    }
}
