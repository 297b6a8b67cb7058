using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Telemetry;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Query.Scheduling;

/// <summary>
/// Lets at most <see cref="QueryOptions.Concurrency"/> requests scan at once, and one more that rollups serve (<see cref="ScanQueue"/>), each for at most
/// <see cref="QueryOptions.Timeout"/> (waiting counts), and puts the limits into their queries. Thread safe.
/// </summary>
internal sealed partial class QueryScheduler
{
    private readonly ISampleReader _reader;
    private readonly QueryOptions _options;
    private readonly QueryInstruments _instruments;
    private readonly TimeProvider _clock;
    private readonly ILogger<QueryScheduler> _logger;
    private readonly ScanQueue _queue;

    public QueryScheduler(
        ISampleReader reader, IOptions<QueryOptions> options, QueryInstruments instruments, TimeProvider clock, ILogger<QueryScheduler> logger)
    {
        _reader = reader;
        _options = options.Value;
        _instruments = instruments;
        _clock = clock;
        _logger = logger;
        _queue = new ScanQueue(_options.Concurrency, _options.MaxHeldBytes);
    }

    /// <summary>Runs the queries of one request, all of one project, one after the other, in one slot and one timeout.</summary>
    /// <returns>The results, which count as held until they are disposed.</returns>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public ValueTask<QueryOutcome> RunAsync(SampleQuery[] queries, CancellationToken cancellationToken)
    {
        SampleQuery[] limited = Array.ConvertAll(queries, query => query with
        {
            UseRollups = _options.Rollups,
            MaxRows = _options.MaxRows,
            MaxGroups = _options.MaxGroups,
            MaxBytes = _options.MaxResultBytes,
        });
        return RunAsync(
            limited[0].Pcode, Array.TrueForAll(limited, Aggregation.IsServedByRollups),
            async token => QueryOutcome.Of(await ScanAsync(limited, token)) with
            {
                LostSamples = LostIn(limited),
            },
            cancellationToken);
    }

    /// <summary>Runs a query for samples themselves, in a slot and a timeout.</summary>
    /// <returns>The list, which counts as held until the outcome is disposed.</returns>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public ValueTask<QueryOutcome> ListAsync(ListQuery query, CancellationToken cancellationToken)
    {
        ListQuery limited = query with { MaxRows = _options.MaxRows, MaxBytes = _options.MaxResultBytes };
        return RunAsync(query.Pcode, usesRollups: false,
            async token => QueryOutcome.Of(await ScanAsync(limited, token)) with { LostSamples = _reader.LostSamples(query.Kind, query.Pcode, query.Range) },
            cancellationToken);
    }

    /// <summary>
    /// Lists what was stored since the call before, in a slot and a timeout; the first call begins to follow and lists nothing. For one caller at a time.
    /// </summary>
    /// <returns>The list, which counts as held until the outcome is disposed; none from the first call.</returns>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public ValueTask<QueryOutcome> ListNextAsync(FollowedQuery followed, CancellationToken cancellationToken) =>
        RunAsync(followed.Query.Pcode, usesRollups: false,
            async token =>
            {
                if (followed.Tail is not null)
                {
                    return QueryOutcome.Of(await followed.Tail.NextAsync(token));
                }

                followed.Tail = await _reader.FollowAsync(
                    followed.Query with { MaxRows = _options.MaxRows, MaxBytes = _options.MaxResultBytes }, token);
                return QueryOutcome.Of([]);
            },
            cancellationToken);

    private async ValueTask<QueryOutcome> RunAsync(
        long pcode, bool usesRollups, Func<CancellationToken, ValueTask<QueryOutcome>> scan, CancellationToken cancellationToken)
    {
        await WorkerThread.Switch;
        using CancellationTokenSource timeout = new(_options.Timeout, _clock);
        using CancellationTokenRegistration left = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), timeout);
        bool isWaiting = true;
        try
        {
            ScanSlot slot = await EnterAsync(pcode, usesRollups, timeout.Token);
            isWaiting = false;
            _instruments.ScansRunning.Add(1);
            try
            {
                // Before the scan: what is stored meanwhile may be in the result or not.
                long watermark = await _reader.WatermarkAsync(timeout.Token);
                QueryOutcome outcome = await scan(timeout.Token);
                return outcome with { Watermark = watermark, Held = _queue.Hold(pcode, outcome.AllocatedBytes) };
            }
            finally
            {
                _instruments.ScansRunning.Add(-1);
                _queue.Leave(slot);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return isWaiting && _queue.IsFull(pcode)
                ? QueryOutcome.Failed(QueryFailure.NotTaken, "Results that nobody has read yet fill Query:MaxHeldBytes; read them or close their connections.")
                : QueryOutcome.Failed(
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

    // Queries of one request are about the same samples.
    private long? LostIn(SampleQuery[] queries)
    {
        long?[] lost = Array.ConvertAll(queries, query => _reader.LostSamples(query.Kind, query.Pcode, query.Range));
        return Array.Exists(lost, count => count is null) ? null : lost.Max();
    }

    private async ValueTask<ScanSlot> EnterAsync(long pcode, bool usesRollups, CancellationToken cancellationToken)
    {
        _instruments.ScansWaiting.Add(1);
        try
        {
            return await _queue.EnterAsync(pcode, usesRollups, cancellationToken);
        }
        finally
        {
            _instruments.ScansWaiting.Add(-1);
        }
    }

    private async ValueTask<QueryResult[]> ScanAsync(SampleQuery[] queries, CancellationToken cancellationToken)
    {
        var results = new QueryResult[queries.Length];
        for (int i = 0; i < results.Length; i++)
        {
            using Activity? span = StartSpan(queries[i].Kind);
            results[i] = await _reader.QueryAsync(queries[i], cancellationToken);
            span?.SetTag("rows_scanned", results[i].RowsRead).SetTag("source", results[i].Source.ToString());
        }

        return results;
    }

    private async ValueTask<SampleList> ScanAsync(ListQuery query, CancellationToken cancellationToken)
    {
        using Activity? span = StartSpan(query.Kind);
        SampleList list = await _reader.ListAsync(query, cancellationToken);
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

/// <summary>A query for samples whose results are followed, and how far.</summary>
internal sealed class FollowedQuery(ListQuery query)
{
    public ListQuery Query => query;

    /// <summary>Where the store stands; null before the first call.</summary>
    public ISampleTail? Tail { get; set; }
}
