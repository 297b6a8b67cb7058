namespace TimeSeries.Tests.Support.Influx;

/// <summary>A bucket of 2.x; 0 seconds means no limit.</summary>
internal sealed record FakeBucket(string Id, string Name, long RetentionSeconds);
