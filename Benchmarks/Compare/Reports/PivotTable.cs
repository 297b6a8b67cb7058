namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>The figures of one part as a table: rows and columns in the order in which they first came. Immutable.</summary>
internal sealed class PivotTable
{
    private readonly Dictionary<(string Row, string Column), double> _cells = [];

    private PivotTable(string part, IEnumerable<Metric> metrics)
    {
        Part = part;
        foreach (Metric metric in metrics)
        {
            if (!Rows.Contains(metric.Row))
            {
                Rows.Add(metric.Row);
            }

            if (!Columns.Contains(metric.Column))
            {
                Columns.Add(metric.Column);
            }

            _cells[(metric.Row, metric.Column)] = metric.Value;
        }
    }

    public string Part { get; }

    public List<string> Rows { get; } = [];

    public List<string> Columns { get; } = [];

    /// <summary>All tables of a report.</summary>
    public static IEnumerable<PivotTable> Of(IEnumerable<Metric> metrics) =>
        metrics.GroupBy(metric => metric.Part).Select(part => new PivotTable(part.Key, part));

    /// <summary>A number; null where none was measured.</summary>
    public double? Value(string row, string column) => _cells.TryGetValue((row, column), out double value) ? value : null;
}
