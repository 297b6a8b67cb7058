using System.Text;
using Microsoft.Extensions.Options;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Query.Api;
using TimeSeries.Query.Api.Aggregate;
using TimeSeries.Query.Numbers;
using TimeSeries.Query.Responses;
using TimeSeries.Ui.Data;

namespace TimeSeries.Query.Scheduling;

/// <summary>Runs the queries of the page as those of the API. Thread safe.</summary>
internal sealed class PageReader(QueryScheduler scans, IOptions<QueryOptions> options, TimeProvider clock) : IPageReader
{
    public async ValueTask<PageOutcome> QueryAsync(SampleQuery[] queries, CancellationToken cancellationToken) =>
        new Outcome(await scans.RunAsync(queries, cancellationToken));

    public async ValueTask<PageOutcome> ListAsync(ListQuery query, CancellationToken cancellationToken) =>
        new Outcome(await scans.ListAsync(query, cancellationToken));

    public async ValueTask<PageOutcome> AggregateAsync(long pcode, string queryString, Range rows, CancellationToken cancellationToken)
    {
        ApiParameters parameters = new(new DefaultHttpContext { Request = { QueryString = new QueryString(queryString) } }.Request);
        if (AggregateReader.TryRead(parameters, pcode, Timestamp.Now(clock), options.Value.MaxRows, out AggregateRequest? request) is { } wrong)
        {
            return new Response(null, wrong);
        }

        using QueryOutcome outcome = await scans.RunAsync([request!.Query], cancellationToken);
        return outcome.Failure == QueryFailure.None ? new Response(Read(request, outcome.Results[0], rows), null) : new Response(null, outcome.Message);
    }

    private static PageRows Read(AggregateRequest request, QueryResult result, Range rows)
    {
        int first = Math.Min(rows.Start.GetOffset(result.RowCount), result.RowCount);
        int end = Math.Clamp(rows.End.GetOffset(result.RowCount), first, result.RowCount);
        List<string?[]> part = new(end - first);
        for (int row = first; row < end; row++)
        {
            part.Add(ReadRow(request, result, row));
        }

        return new PageRows(
            [.. request.Columns.Select(column => (column.Name, column.Unit, IsNumber(column.Form)))],
            part, result.RowCount, result.TotalGroups);
    }

    private static bool IsNumber(ColumnForm form) => form is not (ColumnForm.KeyText or ColumnForm.KeyNumber or ColumnForm.Window);

    private static string?[] ReadRow(AggregateRequest request, QueryResult result, int row)
    {
        Span<byte> room = stackalloc byte[DecimalText.MaxLength];
        string?[] cells = new string?[request.Columns.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            Cell cell = request.Columns[i].Read(request.Query, result, row, room);
            cells[i] = cell.Form == CellForm.Missing ? null : Encoding.UTF8.GetString(cell.Utf8);
        }

        return cells;
    }

    private sealed class Outcome(QueryOutcome outcome) : PageOutcome
    {
        public override IReadOnlyList<QueryResult> Results => outcome.Results;

        public override SampleList? List => outcome.List;

        public override string? Fault => outcome.Failure == QueryFailure.None ? null : outcome.Message;

        public override void Dispose() => outcome.Dispose();
    }

    private sealed class Response(PageRows? rows, string? fault) : PageOutcome
    {
        public override IReadOnlyList<QueryResult> Results => [];

        public override SampleList? List => null;

        public override PageRows? Rows => rows;

        public override string? Fault => fault;

        public override void Dispose()
        {
            // Its rows are copies.
        }
    }
}
