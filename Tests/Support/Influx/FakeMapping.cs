namespace TimeSeries.Tests.Support.Influx;

/// <summary>A mapping of a database and retention policy to a bucket of 2.x.</summary>
internal sealed record FakeMapping(string BucketId, string Database, string RetentionPolicy, bool IsDefault);
