namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>The numbers of a run, in the order in which they were measured. Not thread safe.</summary>
internal sealed class MetricList
{
    public List<Metric> All { get; } = [];

    public List<ResponseCheck> Checks { get; } = [];

    /// <summary>What a reader must know about a part's numbers.</summary>
    public List<Fact> Notes { get; } = [];

    public void Add(string part, string row, string column, double value) => All.Add(new Metric(part, row, column, value));

    public void Check(string name, string found, bool holds) => Checks.Add(new ResponseCheck(name, found, holds));

    public void Note(string part, string text) => Notes.Add(new Fact(part, text));

    /// <summary>A number; null when it was not measured.</summary>
    public double? Find(string part, string row, string column) =>
        All.Find(metric => metric.Part == part && metric.Row == row && metric.Column == column)?.Value;

    /// <summary>A column's numbers of the rows whose name starts so.</summary>
    public IEnumerable<Metric> Column(string part, string column, string rowStart = "") =>
        All.Where(metric => metric.Part == part && metric.Column == column && metric.Row.StartsWith(rowStart, StringComparison.Ordinal));
}

/// <summary>One measured number, by the place where the report shows it.</summary>
/// <param name="Part">The table.</param>
/// <param name="Row">What was measured.</param>
/// <param name="Column">Which of its numbers, with the unit.</param>
/// <param name="Value">The number.</param>
internal sealed record Metric(string Part, string Row, string Column, double Value);
