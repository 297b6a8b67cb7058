namespace TimeSeries.Tests.Lines.Clients;

/// <summary>A point as an application gives it to a client.</summary>
/// <param name="Measurement">Its name.</param>
/// <param name="Tags">Texts by name.</param>
/// <param name="Fields">Texts, doubles, 64-bit integers with and without sign, and booleans by name.</param>
/// <param name="Time">Milliseconds since the Unix epoch.</param>
internal sealed record LinePoint(string Measurement, IReadOnlyDictionary<string, string> Tags, IReadOnlyDictionary<string, object> Fields, long Time);

/// <summary>How a client is told to write.</summary>
internal sealed record LineSettings(Uri Address, string Token, string Precision = "ns", int BatchSize = 100, bool Gzip = false);

/// <summary>What a client says to its application.</summary>
/// <param name="FailedAttempts">How many requests failed, whether they were tried again or not.</param>
/// <param name="Errors">What it says of lines that it gave up.</param>
internal sealed record WriteReport(int FailedAttempts, IReadOnlyList<string> Errors);

/// <summary>A client of InfluxDB 2.</summary>
internal interface ILineClient
{
    /// <summary>Writes points in batches, with the client's own retries, and returns when it is done with all of them.</summary>
    Task<WriteReport> WriteAsync(IReadOnlyList<LinePoint> points, LineSettings settings);
}
