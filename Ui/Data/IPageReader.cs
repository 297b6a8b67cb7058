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

    /// <summary>Runs a request of <c>/api/v1/aggregate</c>, for a part of its rows.</summary>
    /// <param name="pcode">The project.</param>
    /// <param name="queryString">The request's query string, from <c>?</c> on.</param>
    /// <param name="rows">The rows that are wanted, of those that the response of the API has.</param>
    /// <param name="cancellationToken">Of the page.</param>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    ValueTask<PageOutcome> AggregateAsync(long pcode, string queryString, Range rows, CancellationToken cancellationToken);
}

/// <summary>What came of queries: their results, or why there are none. Disposed, its results must not be read any more.</summary>
public abstract class PageOutcome : IDisposable
{
    /// <summary>The results, in the order of the queries; none where there is a fault or samples were listed.</summary>
    public abstract IReadOnlyList<QueryResult> Results { get; }

    /// <summary>The samples that were listed.</summary>
    public abstract SampleList? List { get; }

    /// <summary>The part of a response of the API; null where there is a fault or none was asked for.</summary>
    public virtual PageRows? Rows => null;

    /// <summary>Why there is no result, as a sentence for whoever looks; null when there is one.</summary>
    public abstract string? Fault { get; }

    /// <summary>What is missing in the results, as a sentence; null when they are whole.</summary>
    public virtual string? Note => null;

    public abstract void Dispose();
}

/// <summary>A part of the rows of a response of the API, as texts. Immutable.</summary>
/// <param name="Columns">Name and unit of each column, and whether it holds numbers.</param>
/// <param name="Rows">The rows of the part; null for a value that is missing.</param>
/// <param name="Count">How many rows the response has.</param>
/// <param name="Total">How many there are without the request's limit.</param>
public sealed record PageRows(
    IReadOnlyList<(string Name, string Unit, bool IsNumber)> Columns, IReadOnlyList<string?[]> Rows, int Count, long Total);
