using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Alerts;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Rollups;
using TimeSeries.Core.Storage.Influx.Writing;

namespace TimeSeries.Core.Storage.Influx.Reading;

/// <summary>
/// Runs queries over the samples that any number of nodes wrote into InfluxDB. Results equal those of the embedded store. Whole 5-minute buckets come from
/// the rollups of units, the rest from raw rows that stream through the same aggregation. Memory is bounded by the query's groups, a few
/// thousand rows, and the caches of units and of alert ids. Thread safe.
/// </summary>
public sealed class InfluxReader : ISampleReader, IDisposable
{
    // The embedded store caches as many bytes of its blocks. A day of a million transactions, with its other kinds, takes about half.
    // Single units serve the hours that are not full yet, and short windows.
    private const long HourBytes = 128L << 20;
    private const long UnitBytes = 64L << 20;

    // Ids of more than three million alerts. A project with more has all its ids read by every query.
    private const long AlertIdBytes = 192L << 20;

    private const long GroupedBytes = 32L << 20;

    private readonly UnitCache _cache = new(UnitBytes, HourBytes);
    private readonly HashAggregatorPool _grouped = new(GroupedBytes);
    private readonly HttpMessageInvoker _http;
    private readonly InfluxQlClient _client;
    private readonly NodeHeartbeats _nodes;
    private readonly DuplicateAlertFinder _alerts;
    private readonly Func<Kind, TimeSpan?> _retention;
    private readonly TimeProvider _clock;

    /// <param name="options">Where InfluxDB is; queries are sent with its read-only account.</param>
    /// <param name="retention">The age up to which samples of a kind are returned, by their time; null means no limit.</param>
    /// <param name="clock">The present, for retention, and time-outs.</param>
    public InfluxReader(InfluxOptions options, Func<Kind, TimeSpan?> retention, TimeProvider clock)
    {
        _http = InfluxQlClient.MakeInvoker();
        _client = new InfluxQlClient(_http, options, clock);
        _nodes = new NodeHeartbeats(_client, clock);
        _alerts = new DuplicateAlertFinder(_client, clock, AlertIdBytes);
        _retention = retention;
        _clock = clock;
    }

    /// <inheritdoc/>
    /// <exception cref="StoreUnavailableException">InfluxDB gave no whole response.</exception>
    public async ValueTask<QueryResult> QueryAsync(SampleQuery query, CancellationToken cancellationToken)
    {
        Aggregation aggregation = new(query, _grouped, cancellationToken);
        TimeRange kept = new(EarliestOf(query.Kind), long.MaxValue);
        TimeRange range = InfluxStatement.Clamp(query.Range.Intersect(kept));
        if (range.IsEmpty)
        {
            return aggregation.Complete();
        }

        PushdownPredicates conditions = new(query.Kind, query.Filters);
        RepeatedAlerts repeated = await FindRepeatsAsync(query.Kind, query.Pcode, kept, conditions, cancellationToken).ConfigureAwait(false);
        List<TimeRange> rest = [];
        if (query.UseRollups)
        {
            await new UnitScan(_client, query, aggregation, _cache, repeated, _clock).AddAsync(range, rest, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            rest.Add(range);
        }

        RawScan raw = new(_client, query, aggregation, conditions, repeated);
        foreach (TimeRange part in rest)
        {
            await raw.AddAsync(part, cancellationToken).ConfigureAwait(false);
        }

        return aggregation.Complete();
    }

    /// <inheritdoc/>
    /// <exception cref="StoreUnavailableException">InfluxDB gave no whole response.</exception>
    public async ValueTask<SampleList> ListAsync(ListQuery query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        (TimeRange range, PushdownPredicates conditions, RepeatedAlerts repeated) = await FindAsync(query, cancellationToken).ConfigureAwait(false);
        long? total = query.Kind == Kind.Alert && !range.IsEmpty
            ? await new AlertTotal(_client, _cache, _clock).CountAsync(query, range, conditions, repeated, cancellationToken).ConfigureAwait(false)
            : null;
        RowFilter? leftOut = repeated.Count == 0 ? null : new RepeatFilter(repeated);
        return await new PointListing(_client, query, range, conditions, leftOut, total, _clock, cancellationToken).RunAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="StoreUnavailableException">InfluxDB gave no whole response.</exception>
    public async ValueTask<ISampleTail> FollowAsync(ListQuery query, CancellationToken cancellationToken)
    {
        PointTail tail = new(this, query, _clock);
        await tail.BeginAsync(cancellationToken).ConfigureAwait(false);
        return tail;
    }

    /// <summary>Lists samples that were not seen before, and marks all that there are of them.</summary>
    /// <exception cref="StoreUnavailableException">InfluxDB gave no whole response.</exception>
    internal async ValueTask<SampleList> ListUnseenAsync(ListQuery query, SeenPoints seen, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        (TimeRange range, PushdownPredicates conditions, RepeatedAlerts repeated) = await FindAsync(query, cancellationToken).ConfigureAwait(false);
        UnseenFilter unseen = new(seen, repeated);
        return await new PointListing(_client, query, range, conditions, unseen, null, _clock, cancellationToken).RunAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>By the clocks of the nodes, from their heartbeats (see <see cref="InfluxSchema"/>).</remarks>
    /// <exception cref="StoreUnavailableException">InfluxDB gave no whole response.</exception>
    public ValueTask<long> WatermarkAsync(CancellationToken cancellationToken) => _nodes.ThroughAsync(cancellationToken);

    public void Dispose() => _http.Dispose();

    // What there is to list: the range that is within retention, and the alerts to leave out.
    private async ValueTask<(TimeRange Range, PushdownPredicates Conditions, RepeatedAlerts Repeated)> FindAsync(
        ListQuery query, CancellationToken cancellationToken)
    {
        TimeRange kept = new(EarliestOf(query.Kind), long.MaxValue);
        TimeRange range = InfluxStatement.Clamp(query.Range.Intersect(kept));
        PushdownPredicates conditions = new(query.Kind, query.Filters);
        RepeatedAlerts repeated = range.IsEmpty
            ? RepeatedAlerts.None
            : await FindRepeatsAsync(query.Kind, query.Pcode, kept, conditions, cancellationToken).ConfigureAwait(false);
        return (range, conditions, repeated);
    }

    private ValueTask<RepeatedAlerts> FindRepeatsAsync(
        Kind kind, long pcode, TimeRange kept, PushdownPredicates conditions, CancellationToken cancellationToken) =>
        kind == Kind.Alert ? _alerts.FindAsync(pcode, kept, conditions, cancellationToken) : new(RepeatedAlerts.None);

    private long EarliestOf(Kind kind) =>
        _retention(kind) is { } kept ? _clock.GetUtcNow().ToUnixTimeMilliseconds() - (long)kept.TotalMilliseconds : long.MinValue;
}
