using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Query.Scheduling;

/// <summary>The outcome of a request's queries: a result each, which are disposed with it; or a failure, and a sentence for the caller.</summary>
internal readonly record struct QueryOutcome(QueryResult[] Results, QueryFailure Failure, string Message) : IDisposable
{
    /// <summary>The result of a query for samples themselves.</summary>
    public SampleList? List { get; private init; }

    /// <summary>What counts the results as held until they are disposed.</summary>
    public IDisposable? Held { get; init; }

    /// <summary>How many bytes of memory the results take, about.</summary>
    public long AllocatedBytes => Results.Sum(result => result.AllocatedBytes) + (List?.AllocatedBytes ?? 0);

    /// <summary>The moment, in ms, through which the results are complete.</summary>
    public long Watermark { get; init; }

    /// <summary>How many samples are missing in the results, at most, since their files are damaged; null when that is not known.</summary>
    public long? LostSamples { get; init; } = 0;

    public static QueryOutcome Of(QueryResult[] results) => new(results, QueryFailure.None, "");

    public static QueryOutcome Of(SampleList list) => new([], QueryFailure.None, "") { List = list };

    public static QueryOutcome Failed(QueryFailure failure, string message) => new([], failure, message);

    /// <summary>The status that says what the caller can do: query less, or try again later.</summary>
    public int Status => Failure switch
    {
        QueryFailure.None => StatusCodes.Status200OK,
        QueryFailure.OverLimit => StatusCodes.Status422UnprocessableEntity,
        QueryFailure.TimedOut => StatusCodes.Status504GatewayTimeout,
        QueryFailure.StoreUnavailable or QueryFailure.NotTaken => StatusCodes.Status503ServiceUnavailable,
        _ => throw new InvalidOperationException($"{Failure} has no status."),
    };

    public void Dispose()
    {
        foreach (QueryResult result in Results)
        {
            result.Dispose();
        }

        Held?.Dispose();
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

    /// <summary>The store gave no complete result.</summary>
    StoreUnavailable,

    /// <summary>Too many results of the project wait for their readers.</summary>
    NotTaken,
}
