namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>How many alerts of one severity there are.</summary>
/// <param name="Window">Start of their window of time in ms; 0 where there are no windows.</param>
/// <param name="Severity">The severity's number.</param>
/// <param name="Count">How many.</param>
internal readonly record struct AlertCount(long Window, int Severity, long Count);
