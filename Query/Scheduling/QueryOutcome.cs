using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Query.Scheduling;

/// <summary>What came of a request's questions: a result each, which are disposed with it, or a failure and a sentence for the caller.</summary>
internal readonly record struct QueryOutcome(QueryResult[] Results, QueryFailure Failure, string Message) : IDisposable
{
    /// <summary>The answer to a question for samples themselves.</summary>
    public SampleList? List { get; private init; }

    /// <summary>The moment, in ms, through which the answers are complete.</summary>
    public long Watermark { get; init; }

    public static QueryOutcome Of(QueryResult[] results) => new(results, QueryFailure.None, "");

    public static QueryOutcome Of(SampleList list) => new([], QueryFailure.None, "") { List = list };

    public static QueryOutcome Failed(QueryFailure failure, string message) => new([], failure, message);

    /// <summary>The status that tells the caller what to do: ask for less, or ask again later.</summary>
    public int Status => Failure switch
    {
        QueryFailure.None => StatusCodes.Status200OK,
        QueryFailure.OverLimit => StatusCodes.Status422UnprocessableEntity,
        QueryFailure.TimedOut => StatusCodes.Status504GatewayTimeout,
        QueryFailure.StoreUnavailable => StatusCodes.Status503ServiceUnavailable,
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

/// <summary>Why a scan gave no result.</summary>
internal enum QueryFailure : byte
{
    None,

    /// <summary>It needs more rows or groups than it may.</summary>
    OverLimit,

    /// <summary>It took longer than it may, waiting included.</summary>
    TimedOut,

    /// <summary>The store gave no whole answer.</summary>
    StoreUnavailable,
}
