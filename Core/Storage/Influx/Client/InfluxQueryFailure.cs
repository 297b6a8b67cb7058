namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>Why InfluxDB gave no whole answer to a query.</summary>
public enum InfluxQueryFailure : byte
{
    /// <summary>It could not be reached, or the connection broke in the middle of the answer.</summary>
    Unreachable,

    /// <summary>It said nothing for as long as a request may take.</summary>
    TimedOut,

    /// <summary>It refuses the account (401, 403).</summary>
    Unauthorized,

    /// <summary>There is no such database (404).</summary>
    NotFound,

    /// <summary>It can't take more now (408, 429, 503).</summary>
    Busy,

    /// <summary>It can't read the query (other 4xx).</summary>
    Refused,

    /// <summary>It failed (other 5xx).</summary>
    ServerError,

    /// <summary>The statement failed: an error inside an answer of status 200.</summary>
    Statement,

    /// <summary>The answer ends before its last row.</summary>
    Partial,

    /// <summary>The answer is none of InfluxDB's.</summary>
    Malformed,
}
