using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Model.Ports;

/// <summary>Responds to queries over an immutable snapshot of what is stored. Thread safe.</summary>
public interface ISampleReader
{
    /// <summary>
    /// Computes the groups of a query, exactly. Samples past their kind's retention never count.
    /// </summary>
    /// <exception cref="QueryLimitException">The query needs more rows or groups than it may.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    /// <exception cref="StoreUnavailableException">The store gave no complete response.</exception>
    ValueTask<QueryResult> QueryAsync(SampleQuery query, CancellationToken cancellationToken);

    /// <summary>Lists samples themselves. Samples past their kind's retention are never listed.</summary>
    /// <exception cref="QueryLimitException">The query needs more rows than it may.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    /// <exception cref="StoreUnavailableException">The store gave no complete response.</exception>
    ValueTask<SampleList> ListAsync(ListQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Begins to follow what is stored from now on. Of the query, project, kind, filters, fields and limits count; newest first, and of one time by arrival.
    /// </summary>
    /// <exception cref="QueryLimitException">Following needs more rows than it may.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    /// <exception cref="StoreUnavailableException">The store gave no complete response.</exception>
    ValueTask<ISampleTail> FollowAsync(ListQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// How many samples of a kind and project within a range queries miss, at most, since their files are damaged and were taken away; null when it is not
    /// known how many of them are the project's.
    /// </summary>
    long? LostSamples(Kind kind, long pcode, TimeRange range) => 0;

    /// <summary>
    /// The moment, in ms, through which everything that was answered 200 is in the results of later queries; asked for before the query that it is told with.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store gave no complete response.</exception>
    ValueTask<long> WatermarkAsync(CancellationToken cancellationToken);
}

/// <summary>The store gave no complete response to a query. Nothing of what it gave may be used; the same query may succeed later.</summary>
/// <param name="reason">Why, in one word.</param>
/// <param name="message">A sentence for the log.</param>
/// <param name="inner">The exception behind it.</param>
public abstract class StoreUnavailableException(string reason, string message, Exception? inner) : Exception(message, inner)
{
    /// <summary>Why, in one word of a small fixed set.</summary>
    public string Reason => reason;

    /// <summary>Whether the same query will fail again until an operator changes something.</summary>
    public virtual bool IsLasting => false;
}
