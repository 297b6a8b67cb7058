namespace TimeSeries.Core.Model;

/// <summary>Answers queries over an immutable snapshot of what is stored. Thread safe.</summary>
public interface ISampleReader
{
    /// <summary>
    /// Computes the groups of a query, exactly. Samples past their kind's retention never count.
    /// </summary>
    /// <exception cref="QueryLimitException">The query needs more rows or groups than it may.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    ValueTask<QueryResult> QueryAsync(SampleQuery query, CancellationToken cancellationToken);
}
