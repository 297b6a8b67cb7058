using System.Globalization;
using System.Text;

namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>Writes a report as Markdown.</summary>
internal static class MarkdownReport
{
    public static string Of(CompareReport report)
    {
        StringBuilder text = new();
        text.AppendLine("# TimeSeries compared").AppendLine();
        Table(text, ["machine and run", ""], report.Machine.Concat(report.Settings).Select(fact => new[] { fact.Name, fact.Value }));
        text.AppendLine().AppendLine("## Goals").AppendLine();
        Table(text, ["measure", "found", "must", "met", "goal", "met"], report.Goals.Select(Cells));
        text.AppendLine().AppendLine("## Compared with").AppendLine();
        Table(
            text, ["system", "version", "program", "settings"],
            report.Peers.Select(peer => new[] { peer.Name, peer.Version ?? "–", peer.Program ?? $"**absent**: {peer.Absent}", peer.Settings }));
        foreach (PivotTable table in PivotTable.Of(report.Metrics))
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {table.Part}").AppendLine();
            foreach (Fact note in report.Notes.Where(note => note.Name == table.Part))
            {
                text.AppendLine(note.Value).AppendLine();
            }

            Table(text, ["", .. table.Columns], table.Rows.Select(row => CellsOf(table, row)));
        }

        text.AppendLine().AppendLine("## What must hold for the numbers to count").AppendLine();
        Table(text, ["", "found", "holds"], report.Checks.Select(check => new[] { check.Name, check.Found, NumberText.Of(check.Holds) }));
        return text.ToString();
    }

    /// <summary>The cells of a table's row.</summary>
    public static string[] CellsOf(PivotTable table, string row) =>
        [row, .. table.Columns.Select(column => table.Value(row, column) is { } value ? NumberText.Of(value) : "–")];

    /// <summary>The cells of a goal.</summary>
    public static string[] Cells(GoalLine goal)
    {
        string sign = goal.LessIsBetter ? "≤ " : "≥ ";
        return
        [
            goal.Measure, goal.Found is { } found ? $"{NumberText.Of(found)} {goal.Unit}" : "not measured",
            goal.Must is { } must ? sign + NumberText.Of(must) : "–", NumberText.Of(goal.MustMet),
            sign + NumberText.Of(goal.Goal), NumberText.Of(goal.GoalMet),
        ];
    }

    private static void Table(StringBuilder text, string[] heads, IEnumerable<string[]> rows)
    {
        text.Append("| ").AppendJoin(" | ", heads).AppendLine(" |");
        text.Append('|').AppendJoin("|", heads.Select(_ => "---")).AppendLine("|");
        foreach (string[] row in rows)
        {
            text.Append("| ").AppendJoin(" | ", row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).AppendLine(" |");
        }
    }
}
