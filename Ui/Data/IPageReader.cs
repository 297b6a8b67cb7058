using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Ui.Data;

/// <summary>Responds to the queries of the page, in the slots and with the limits that the API has. Thread safe.</summary>
public interface IPageReader
{
    /// <summary>Runs queries of one project, one after the other.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    ValueTask<PageOutcome> QueryAsync(SampleQuery[] queries, CancellationToken cancellationToken);

    /// <summary>Lists samples.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    ValueTask<PageOutcome> ListAsync(ListQuery query, CancellationToken cancellationToken);
}

/// <summary>What came of queries: their results, or why there are none. Disposed, its results must not be read any more.</summary>
public abstract class PageOutcome : IDisposable
{
    /// <summary>The results, in the order of the queries; none where there is a fault or samples were listed.</summary>
    public abstract IReadOnlyList<QueryResult> Results { get; }

    /// <summary>The samples that were listed.</summary>
    public abstract SampleList? List { get; }

    /// <summary>Why there is no result, as a sentence for whoever looks; null when there is one.</summary>
    public abstract string? Fault { get; }

    public abstract void Dispose();
}
