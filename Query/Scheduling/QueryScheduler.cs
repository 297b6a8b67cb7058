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
internal sealed partial class QueryScheduler : IDisposable
{
    /// <summary>How long queries of rules may take in the slot that is kept for them: a thousand rules in five seconds leave each some milliseconds.</summary>
    public static readonly TimeSpan RuleTimeout = TimeSpan.FromSeconds(2);

    private readonly ISampleReader _reader;
    private readonly QueryOptions _options;
    private readonly QueryInstruments _instruments;
    private readonly TimeProvider _clock;
    private readonly ILogger<QueryScheduler> _logger;
    private readonly ScanQueue _queue;

    // Rules are evaluated on time while requests fill every slot. The queue of its own has one.
    private readonly ScanQueue _ruleQueue;
    private readonly SemaphoreSlim _longRules;

    public QueryScheduler(
        ISampleReader reader, IOptions<QueryOptions> options, QueryInstruments instruments, TimeProvider clock, ILogger<QueryScheduler> logger)
    {
        _reader = reader;
        _options = options.Value;
        _instruments = instruments;
        _clock = clock;
        _logger = logger;
        _queue = new ScanQueue(_options.Concurrency, _options.MaxHeldBytes);
        _ruleQueue = new ScanQueue(slots: 1, _options.MaxHeldBytes);
        _longRules = new SemaphoreSlim(Math.Max(1, _options.Concurrency / 2));
    }

    /// <summary>Runs the queries of one request, all of one project, one after the other, in one slot and one timeout.</summary>
    /// <returns>The results, which count as held until they are disposed.</returns>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public ValueTask<QueryOutcome> RunAsync(SampleQuery[] queries, CancellationToken cancellationToken)
    {
        return RunAsync(queries, _queue, _options.Timeout, cancellationToken);
    }

    /// <summary>
    /// Runs the queries of alert rules in a slot of their own, for a short time. What takes longer runs beside requests, in at most half of their slots.
    /// </summary>
    /// <param name="queries">The queries, all of one project.</param>
    /// <param name="isLong">Whether they take longer than <see cref="RuleTimeout"/>, as was seen before.</param>
    /// <param name="cancellationToken">Of the host.</param>
    /// <returns>The results, which count as held until they are disposed.</returns>
    /// <exception cref="OperationCanceledException">The host stops.</exception>
    public async ValueTask<QueryOutcome> RunRulesAsync(SampleQuery[] queries, bool isLong, CancellationToken cancellationToken)
    {
        if (!isLong)
        {
            return await RunAsync(queries, _ruleQueue, RuleTimeout < _options.Timeout ? RuleTimeout : _options.Timeout, cancellationToken);
        }

        await _longRules.WaitAsync(cancellationToken);
        try
        {
            return await RunAsync(queries, _queue, _options.Timeout, cancellationToken);
        }
        finally
        {
            _longRules.Release();
        }
    }

    /// <summary>Runs a query for samples themselves, in a slot and a timeout.</summary>
    /// <returns>The list, which counts as held until the outcome is disposed.</returns>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public ValueTask<QueryOutcome> ListAsync(ListQuery query, CancellationToken cancellationToken)
    {
        ListQuery limited = query with { MaxRows = _options.MaxRows, MaxBytes = _options.MaxResultBytes };
        return RunAsync(OrderOf(query.Pcode),
            async token => QueryOutcome.Of(await ScanAsync(limited, token)) with { LostSamples = _reader.LostSamples(query.Kind, query.Pcode, query.Range) },
            cancellationToken);
    }

    /// <summary>
    /// Lists what was stored since the call before, in a slot and a timeout; the first call begins to follow and lists nothing. For one caller at a time.
    /// </summary>
    /// <returns>The list, which counts as held until the outcome is disposed; none from the first call.</returns>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public ValueTask<QueryOutcome> ListNextAsync(FollowedQuery followed, CancellationToken cancellationToken) =>
        RunAsync(OrderOf(followed.Query.Pcode),
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

    private ValueTask<QueryOutcome> RunAsync(SampleQuery[] queries, ScanQueue queue, TimeSpan longest, CancellationToken cancellationToken)
    {
        SampleQuery[] limited = Array.ConvertAll(queries, query => query with
        {
            UseRollups = _options.Rollups,
            MaxRows = _options.MaxRows,
            MaxGroups = _options.MaxGroups,
            MaxBytes = _options.MaxResultBytes,
        });
        return RunAsync(
            new ScanOrder(limited[0].Pcode, Array.TrueForAll(limited, Aggregation.IsServedByRollups), queue, longest),
            async token => QueryOutcome.Of(await ScanAsync(limited, token)) with
            {
                LostSamples = LostIn(limited),
            },
            cancellationToken);
    }

    private ScanOrder OrderOf(long pcode) => new(pcode, UsesRollups: false, _queue, _options.Timeout);

    private async ValueTask<QueryOutcome> RunAsync(
        ScanOrder order, Func<CancellationToken, ValueTask<QueryOutcome>> scan, CancellationToken cancellationToken)
    {
        await WorkerThread.Switch;
        (long pcode, _, ScanQueue queue, TimeSpan longest) = order;
        using CancellationTokenSource timeout = new(longest, _clock);
        using CancellationTokenRegistration left = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), timeout);
        bool isWaiting = true;
        try
        {
            ScanSlot slot = await EnterAsync(order, timeout.Token);
            isWaiting = false;
            _instruments.ScansRunning.Add(1);
            try
            {
                // Before the scan: what is stored meanwhile may be in the result or not.
                long watermark = await _reader.WatermarkAsync(timeout.Token);
                QueryOutcome outcome = await scan(timeout.Token);
                return outcome with { Watermark = watermark, Held = queue.Hold(pcode, outcome.AllocatedBytes) };
            }
            finally
            {
                _instruments.ScansRunning.Add(-1);
                queue.Leave(slot);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return isWaiting && queue.IsFull(pcode)
                ? QueryOutcome.Failed(QueryFailure.NotTaken, "Results that nobody has read yet fill Query:MaxHeldBytes; read them or close their connections.")
                : QueryOutcome.Failed(
                    QueryFailure.TimedOut,
                    string.Create(CultureInfo.InvariantCulture, $"The query took longer than Query:Timeout = {longest}. Ask for a shorter range."));
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

    public void Dispose() => _longRules.Dispose();

    // Queries of one request are about the same samples.
    private long? LostIn(SampleQuery[] queries)
    {
        long?[] lost = Array.ConvertAll(queries, query => _reader.LostSamples(query.Kind, query.Pcode, query.Range));
        return Array.Exists(lost, count => count is null) ? null : lost.Max();
    }

    private async ValueTask<ScanSlot> EnterAsync(ScanOrder order, CancellationToken cancellationToken)
    {
        _instruments.ScansWaiting.Add(1);
        try
        {
            return await order.Queue.EnterAsync(order.Pcode, order.UsesRollups, cancellationToken);
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

/// <summary>Where and for how long a scan waits and runs.</summary>
/// <param name="Pcode">The project.</param>
/// <param name="UsesRollups">Whether rollups serve it.</param>
/// <param name="Queue">Where it waits for a slot.</param>
/// <param name="Longest">How long it may wait and run.</param>
internal readonly record struct ScanOrder(long Pcode, bool UsesRollups, ScanQueue Queue, TimeSpan Longest);

/// <summary>A query for samples whose results are followed, and how far.</summary>
internal sealed class FollowedQuery(ListQuery query)
{
    public ListQuery Query => query;

    /// <summary>Where the store stands; null before the first call.</summary>
    public ISampleTail? Tail { get; set; }
}
