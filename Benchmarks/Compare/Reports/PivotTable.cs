namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>The figures of one part as a table: rows and columns in the order in which they first came. Immutable.</summary>
internal sealed class PivotTable
{
    private readonly Dictionary<(string Row, string Column), double> _cells = [];

    private PivotTable(string part, IEnumerable<Figure> figures)
    {
        Part = part;
        foreach (Figure figure in figures)
        {
            if (!Rows.Contains(figure.Row))
            {
                Rows.Add(figure.Row);
            }

            if (!Columns.Contains(figure.Column))
            {
                Columns.Add(figure.Column);
            }

            _cells[(figure.Row, figure.Column)] = figure.Value;
        }
    }

    public string Part { get; }

    public List<string> Rows { get; } = [];

    public List<string> Columns { get; } = [];

    /// <summary>All tables of a report.</summary>
    public static IEnumerable<PivotTable> Of(IEnumerable<Figure> figures) => figures.GroupBy(figure => figure.Part).Select(part => new PivotTable(part.Key, part));

    /// <summary>A number; null where none was measured.</summary>
    public double? Value(string row, string column) => _cells.TryGetValue((row, column), out double value) ? value : null;
}
