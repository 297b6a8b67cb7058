namespace TimeSeries.Benchmarks.Compare.Asking;

/// <summary>One aggregate in the words of each system.</summary>
/// <param name="Name">What is asked, for people.</param>
/// <param name="Ours">Path and query of <c>/api/v1/aggregate</c>.</param>
/// <param name="ClickHouse">SQL; its rows have our columns.</param>
/// <param name="Influx">InfluxQL; null where it is not asked, since it would take minutes.</param>
internal sealed record Question(string Name, string Ours, string ClickHouse, string? Influx);
