namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>InfluxDB gave no whole answer to a query. What came of the answer before is not used.</summary>
/// <param name="failure">Why.</param>
/// <param name="message">A sentence, with what the server said where it said something.</param>
/// <param name="inner">The exception behind it.</param>
public sealed class InfluxQueryException(InfluxQueryFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public InfluxQueryFailure Failure { get; } = failure;
}
