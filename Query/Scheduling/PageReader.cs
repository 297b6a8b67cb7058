using TimeSeries.Core.Model.Queries;
using TimeSeries.Ui.Data;

namespace TimeSeries.Query.Scheduling;

/// <summary>Runs the queries of the page as those of the API. Thread safe.</summary>
internal sealed class PageReader(QueryScheduler scans) : IPageReader
{
    public async ValueTask<PageOutcome> QueryAsync(SampleQuery[] queries, CancellationToken cancellationToken) =>
        new Outcome(await scans.RunAsync(queries, cancellationToken));

    public async ValueTask<PageOutcome> ListAsync(ListQuery query, CancellationToken cancellationToken) =>
        new Outcome(await scans.ListAsync(query, cancellationToken));

    private sealed class Outcome(QueryOutcome outcome) : PageOutcome
    {
        public override IReadOnlyList<QueryResult> Results => outcome.Results;

        public override SampleList? List => outcome.List;

        public override string? Fault => outcome.Failure == QueryFailure.None ? null : outcome.Message;

        public override void Dispose() => outcome.Dispose();
    }
}
