using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Telemetry;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Query.Scheduling;

/// <summary>
/// Lets at most <see cref="QueryOptions.Concurrency"/> requests scan at once, each for at most <see cref="QueryOptions.Timeout"/> (waiting counts),
/// and puts the limits into their queries. Thread safe.
/// </summary>
internal sealed partial class QueryScheduler : IDisposable
{
    private readonly ISampleReader _reader;
    private readonly QueryOptions _options;
    private readonly QueryInstruments _instruments;
    private readonly TimeProvider _clock;
    private readonly ILogger<QueryScheduler> _logger;
    private readonly SemaphoreSlim _slots;

    public QueryScheduler(
        ISampleReader reader, IOptions<QueryOptions> options, QueryInstruments instruments, TimeProvider clock, ILogger<QueryScheduler> logger)
    {
        _reader = reader;
        _options = options.Value;
        _instruments = instruments;
        _clock = clock;
        _logger = logger;
        _slots = new SemaphoreSlim(_options.Concurrency);
    }

    /// <summary>Runs the queries of one request, one after the other, in one slot and one timeout.</summary>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public ValueTask<QueryOutcome> RunAsync(ReadOnlyMemory<SampleQuery> queries, CancellationToken cancellationToken) =>
        RunAsync(async token => QueryOutcome.Of(await ScanAsync(queries, token)), cancellationToken);

    /// <summary>Runs a query for samples themselves, in a slot and a timeout.</summary>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public ValueTask<QueryOutcome> ListAsync(ListQuery query, CancellationToken cancellationToken) =>
        RunAsync(async token => QueryOutcome.Of(await ScanAsync(query, token)), cancellationToken);

    private async ValueTask<QueryOutcome> RunAsync(Func<CancellationToken, ValueTask<QueryOutcome>> scan, CancellationToken cancellationToken)
    {
        await WorkerThread.Switch;
        using CancellationTokenSource timeout = new(_options.Timeout, _clock);
        using CancellationTokenRegistration left = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), timeout);
        try
        {
            await EnterAsync(timeout.Token);
            try
            {
                // Before the scan: what is stored meanwhile may be in the result or not.
                long watermark = await _reader.WatermarkAsync(timeout.Token);
                return await scan(timeout.Token) with { Watermark = watermark };
            }
            finally
            {
                _instruments.ScansRunning.Add(-1);
                _slots.Release();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return QueryOutcome.Failed(
                QueryFailure.TimedOut,
                string.Create(CultureInfo.InvariantCulture, $"The query took longer than Query:Timeout = {_options.Timeout}. Ask for a shorter range."));
        }
        catch (QueryLimitException limit)
        {
            return QueryOutcome.Failed(QueryFailure.OverLimit, limit.Message);
        }
        catch (StoreUnavailableException failure)
        {
            LogStoreFailure(failure, failure.Reason);
            return QueryOutcome.Failed(QueryFailure.StoreUnavailable, "The store gave no whole response; ask again later.");
        }
    }

    public void Dispose() => _slots.Dispose();

    private async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        _instruments.ScansWaiting.Add(1);
        try
        {
            await _slots.WaitAsync(cancellationToken);
        }
        finally
        {
            _instruments.ScansWaiting.Add(-1);
        }

        _instruments.ScansRunning.Add(1);
    }

    private async ValueTask<QueryResult[]> ScanAsync(ReadOnlyMemory<SampleQuery> queries, CancellationToken cancellationToken)
    {
        var results = new QueryResult[queries.Length];
        for (int i = 0; i < results.Length; i++)
        {
            SampleQuery limited = queries.Span[i] with
            {
                UseRollups = _options.Rollups,
                MaxRows = _options.MaxRows,
                MaxGroups = _options.MaxGroups,
            };
            using Activity? span = StartSpan(limited.Kind);
            results[i] = await _reader.QueryAsync(limited, cancellationToken);
            span?.SetTag("rows_scanned", results[i].RowsRead).SetTag("source", results[i].Source.ToString());
        }

        return results;
    }

    private async ValueTask<SampleList> ScanAsync(ListQuery query, CancellationToken cancellationToken)
    {
        using Activity? span = StartSpan(query.Kind);
        SampleList list = await _reader.ListAsync(query with { MaxRows = _options.MaxRows }, cancellationToken);
        span?.SetTag("rows_listed", list.RowCount).SetTag("source", nameof(ResultSource.Raw));
        return list;
    }

    private static Activity? StartSpan(Kind kind)
    {
        Activity? span = Tracing.Source.StartActivity("query.scan");
        return span?.SetTag("kind", SampleSchema.Of(kind).Name);
    }

    [LoggerMessage(EventId = 3002, Level = LogLevel.Error, Message = "The store gave no complete response to a query: {Reason}. Check the store.")]
    private partial void LogStoreFailure(Exception cause, string reason);
}
