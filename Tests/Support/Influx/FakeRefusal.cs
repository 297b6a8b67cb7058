namespace TimeSeries.Tests.Support.Influx;

/// <summary>A response that the stand-in gives to the next write instead of taking it.</summary>
/// <param name="Status">429 or 503, say.</param>
/// <param name="RetryAfter">The header's text, in seconds or as an HTTP date; null for none.</param>
internal sealed record FakeRefusal(int Status, string? RetryAfter);
