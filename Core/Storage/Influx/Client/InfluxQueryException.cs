using TimeSeries.Core.Model.Ports;

namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>InfluxDB gave no complete response to a query. The part that arrived is not used.</summary>
/// <param name="failure">Why.</param>
/// <param name="message">A sentence, with what the server said where it said something.</param>
/// <param name="inner">The exception behind it.</param>
internal sealed class InfluxQueryException(InfluxQueryFailure failure, string message, Exception? inner = null)
    : StoreUnavailableException(failure.ToString(), message, inner)
{
    public InfluxQueryFailure Failure => failure;

    /// <summary>Whether there is no such database, so that nothing is stored.</summary>
    public bool LacksDatabase => failure == InfluxQueryFailure.NotFound
        || (failure == InfluxQueryFailure.Statement && Message.Contains("database not found", StringComparison.OrdinalIgnoreCase));

    public override bool IsLasting => failure is InfluxQueryFailure.Unauthorized or InfluxQueryFailure.Refused;
}

/// <summary>Why InfluxDB gave no complete response to a query.</summary>
internal enum InfluxQueryFailure : byte
{
    /// <summary>The server could not be reached, or the connection broke in the middle of the response.</summary>
    Unreachable,
    /// <summary>The server sent nothing within the time-out of a request.</summary>
    TimedOut,
    /// <summary>The server refuses the account (401, 403).</summary>
    Unauthorized,
    /// <summary>The database does not exist (404).</summary>
    NotFound,
    /// <summary>The server takes no more requests now (408, 429, 503).</summary>
    Busy,
    /// <summary>The server cannot read the query (other 4xx).</summary>
    Refused,
    /// <summary>The server failed (other 5xx).</summary>
    ServerError,
    /// <summary>The statement failed: an error inside a response of status 200.</summary>
    Statement,
    /// <summary>The response ends before its last row.</summary>
    Partial,
    /// <summary>The response is not one of InfluxDB's.</summary>
    Malformed,
}
