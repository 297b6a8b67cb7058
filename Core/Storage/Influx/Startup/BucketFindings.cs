namespace TimeSeries.Core.Storage.Influx.Startup;

/// <summary>What is known of a bucket.</summary>
/// <param name="Kept">How long it keeps points; null is for ever.</param>
/// <param name="Fault">Why InfluxQL does not reach it, a sentence with the remedy; null when it does, or nothing needs it.</param>
internal sealed record BucketFindings(TimeSpan? Kept, string? Fault);
