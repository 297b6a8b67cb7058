using TimeSeries.Core.Model;

namespace TimeSeries.Query.Scanning;

/// <summary>What came of a request's questions: a result each, which are disposed with it, or a failure and a sentence for the caller.</summary>
internal readonly record struct ScanOutcome(QueryResult[] Results, ScanFailure Failure, string Message) : IDisposable
{
    /// <summary>The answer to a question for samples themselves.</summary>
    public SampleList? List { get; private init; }

    /// <summary>The moment, in ms, through which the answers are complete.</summary>
    public long Watermark { get; init; }

    public static ScanOutcome Of(QueryResult[] results) => new(results, ScanFailure.None, "");

    public static ScanOutcome Of(SampleList list) => new([], ScanFailure.None, "") { List = list };

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

    public void Dispose()
    {
        foreach (QueryResult result in Results)
        {
            result.Dispose();
        }
    }
}
