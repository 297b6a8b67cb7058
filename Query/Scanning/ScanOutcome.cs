using TimeSeries.Core.Model;

namespace TimeSeries.Query.Scanning;

/// <summary>What came of a request's queries: a result each, or a failure and a sentence for the caller.</summary>
internal readonly record struct ScanOutcome(QueryResult[] Results, ScanFailure Failure, string Message)
{
    public static ScanOutcome Of(QueryResult[] results) => new(results, ScanFailure.None, "");

    public static ScanOutcome Failed(ScanFailure failure, string message) => new([], failure, message);

    /// <summary>The status that tells the caller what to do: ask for less, or ask again later.</summary>
    public int Status => Failure switch
    {
        ScanFailure.None => StatusCodes.Status200OK,
        ScanFailure.OverLimit => StatusCodes.Status422UnprocessableEntity,
        ScanFailure.TimedOut => StatusCodes.Status504GatewayTimeout,
        ScanFailure.StoreUnavailable => StatusCodes.Status503ServiceUnavailable,
        _ => throw new InvalidOperationException($"{Failure} has no status."),
    };
}
