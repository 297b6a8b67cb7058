namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>Something that must hold for the numbers to count.</summary>
/// <param name="Name">What was compared.</param>
/// <param name="Found">What was found.</param>
/// <param name="Holds">Whether it holds.</param>
internal sealed record AnswerCheck(string Name, string Found, bool Holds);
