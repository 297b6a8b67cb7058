namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>One measured number, by the place where the report shows it.</summary>
/// <param name="Part">The table.</param>
/// <param name="Row">What was measured.</param>
/// <param name="Column">Which of its numbers, with the unit.</param>
/// <param name="Value">The number.</param>
internal sealed record Figure(string Part, string Row, string Column, double Value);
