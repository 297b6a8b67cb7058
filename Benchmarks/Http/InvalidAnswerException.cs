namespace TimeSeries.Benchmarks.Http;

/// <summary>The server's answer ended early or is no HTTP/1.1; the connection is of no more use.</summary>
internal sealed class InvalidAnswerException(string message) : IOException(message);
