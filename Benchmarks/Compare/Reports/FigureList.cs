namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>The numbers of a run, in the order in which they were measured. Not thread safe.</summary>
internal sealed class FigureList
{
    public List<Figure> All { get; } = [];

    public List<AnswerCheck> Checks { get; } = [];

    /// <summary>What a reader must know about a part's numbers.</summary>
    public List<Fact> Notes { get; } = [];

    public void Add(string part, string row, string column, double value) => All.Add(new Figure(part, row, column, value));

    public void Check(string name, string found, bool holds) => Checks.Add(new AnswerCheck(name, found, holds));

    public void Note(string part, string text) => Notes.Add(new Fact(part, text));

    /// <summary>A number; null when it was not measured.</summary>
    public double? Find(string part, string row, string column) => All.Find(figure => figure.Part == part && figure.Row == row && figure.Column == column)?.Value;

    /// <summary>A column's numbers of the rows whose name starts so.</summary>
    public IEnumerable<Figure> Column(string part, string column, string rowStart = "") =>
        All.Where(figure => figure.Part == part && figure.Column == column && figure.Row.StartsWith(rowStart, StringComparison.Ordinal));
}

/// <summary>One measured number, by the place where the report shows it.</summary>
/// <param name="Part">The table.</param>
/// <param name="Row">What was measured.</param>
/// <param name="Column">Which of its numbers, with the unit.</param>
/// <param name="Value">The number.</param>
internal sealed record Figure(string Part, string Row, string Column, double Value);
