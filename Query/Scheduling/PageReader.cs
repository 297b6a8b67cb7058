using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Api;
using TimeSeries.Query.Api.Aggregate;
using TimeSeries.Query.Numbers;
using TimeSeries.Query.Responses;
using TimeSeries.Ui.Data;

namespace TimeSeries.Query.Scheduling;

/// <summary>Runs the queries of the page as those of the API. Thread safe.</summary>
internal sealed partial class PageReader(
    QueryScheduler scans, ProjectDirectory projects, IOptions<QueryOptions> options, TimeProvider clock, ILogger<PageReader> logger) : IPageReader
{
    public ValueTask<PageOutcome> QueryAsync(SampleQuery[] queries, CancellationToken cancellationToken) =>
        ReadAsync(async () => new Outcome(await scans.RunAsync(queries, cancellationToken)));

    public ValueTask<PageOutcome> ListAsync(ListQuery query, CancellationToken cancellationToken) =>
        ReadAsync(async () => new Outcome(await scans.ListAsync(query, cancellationToken)));

    public async ValueTask<PageOutcome> AggregateAsync(long pcode, string queryString, Range rows, CancellationToken cancellationToken)
    {
        ApiParameters parameters = new(new DefaultHttpContext { Request = { QueryString = new QueryString(queryString) } }.Request);
        if (AggregateReader.TryRead(parameters, projects.Find(pcode)!, Timestamp.Now(clock), options.Value.MaxRows, out AggregateRequest? request) is { } wrong)
        {
            return new Response(null, wrong);
        }

        return await ReadAsync(async () =>
        {
            using QueryOutcome outcome = await scans.RunAsync([request!.Query], cancellationToken);
            return outcome.Failure == QueryFailure.None
                ? new Response(Read(request, outcome.Results[0], rows), null) { Missing = NoteOf(outcome) }
                : new Response(null, outcome.Message);
        });
    }

    // Which file it is only the log says: a page is not for those alone who may see paths.
    private async ValueTask<PageOutcome> ReadAsync(Func<Task<PageOutcome>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception fault) when (fault is DamagedFileException or IOException or UnauthorizedAccessException)
        {
            LogUnreadable(fault);
            return new Response(null, fault is DamagedFileException
                ? "A file of the store is damaged; the log of the server says which."
                : "The store can't be read; the log of the server says why.");
        }
    }

    private static string? NoteOf(QueryOutcome outcome) => outcome.LostSamples switch
    {
        0 => null,
        { } lost => string.Create(CultureInfo.InvariantCulture, $"Up to {lost:N0} samples of this range are missing: their files are damaged."),
        null => "Samples of this range are missing: their files are damaged.",
    };

    [LoggerMessage(3004, LogLevel.Error, "A page could not read the store.")]
    private partial void LogUnreadable(Exception fault);

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

        public override string? Note => NoteOf(outcome);

        public override void Dispose() => outcome.Dispose();
    }

    private sealed class Response(PageRows? rows, string? fault) : PageOutcome
    {
        public override IReadOnlyList<QueryResult> Results => [];

        public override SampleList? List => null;

        public override PageRows? Rows => rows;

        public override string? Fault => fault;

        public override string? Note => Missing;

        public string? Missing { get; init; }

        public override void Dispose()
        {
            // Its rows are copies.
        }
    }
}
