namespace TimeSeries.Benchmarks.Alerts;

/// <summary>How fast requests of one kind were answered, one after the other on one connection.</summary>
/// <param name="Name">What was asked for.</param>
/// <param name="Example">Path and query of one of them.</param>
/// <param name="Requests">How many were asked.</param>
/// <param name="Errors">How many were not answered 200.</param>
/// <param name="AnswerBytes">Length of the last answer.</param>
/// <param name="P50Ms">The median.</param>
/// <param name="P99Ms">The 99th percentile.</param>
/// <param name="MaxMs">The longest.</param>
internal sealed record AlertsQuestion(
    string Name, string Example, int Requests, int Errors, int AnswerBytes, double P50Ms, double P99Ms, double MaxMs);
