namespace TimeSeries.Core.Storage.Influx.Configuration;

/// <summary>What was read: options, or everything that is wrong, each naming the key and the value found (of a secret: only the key).</summary>
/// <param name="Options">The options; null when there are errors.</param>
/// <param name="Errors">What is wrong.</param>
/// <param name="Path">The file that was read; null when there was none.</param>
public sealed record InfluxOptionsOutcome(InfluxOptions? Options, IReadOnlyList<string> Errors, string? Path);
