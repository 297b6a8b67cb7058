namespace TimeSeries.Benchmarks.Http;

/// <summary>What stands in the head of an answer that matters here.</summary>
/// <param name="Status">The status code.</param>
/// <param name="RetryAfter">How long the server asks to wait; null when it does not say.</param>
/// <param name="Closes">Whether the connection ends with this answer.</param>
internal readonly record struct HttpAnswer(int Status, TimeSpan? RetryAfter, bool Closes);
