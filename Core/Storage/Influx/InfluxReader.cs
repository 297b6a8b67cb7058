using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx;

/// <summary>
/// Answers queries over what any number of nodes wrote into InfluxDB, exactly as the embedded store does over its own: whole 5-minute buckets from the
/// rollups of units, everything else from raw rows that stream through the same aggregation. Memory is bounded by the query's groups and a few
/// thousand rows. Thread safe.
/// </summary>
internal sealed class InfluxReader(InfluxQlClient client, Func<Kind, TimeSpan?> retention, TimeProvider clock) : ISampleReader
{
    /// <inheritdoc/>
    /// <exception cref="InfluxQueryException">InfluxDB gave no whole answer.</exception>
    public async ValueTask<QueryResult> QueryAsync(SampleQuery query, CancellationToken cancellationToken)
    {
        Aggregation aggregation = new(query, cancellationToken);
        TimeRange kept = new(EarliestOf(query.Kind), long.MaxValue);
        TimeRange range = InfluxStatement.Clamp(query.Range.Intersect(kept));
        if (range.IsEmpty)
        {
            return aggregation.Complete();
        }

        // Rollups know nothing of ids that stand twice; alerts are few enough to be read one by one.
        bool mayRepeat = query.Kind == Kind.Alert;
        RepeatedAlerts repeated = mayRepeat
            ? await RepeatedAlerts.FindAsync(client, query.Pcode, kept, cancellationToken).ConfigureAwait(false)
            : RepeatedAlerts.None;
        List<TimeRange> rest = [];
        if (query.UseRollups && !mayRepeat)
        {
            await new UnitScan(client, query, aggregation).AddAsync(range, rest, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            rest.Add(range);
        }

        RawScan raw = new(client, query, aggregation, repeated);
        foreach (TimeRange part in rest)
        {
            await raw.AddAsync(part, cancellationToken).ConfigureAwait(false);
        }

        return aggregation.Complete();
    }

    private long EarliestOf(Kind kind) =>
        retention(kind) is { } kept ? clock.GetUtcNow().ToUnixTimeMilliseconds() - (long)kept.TotalMilliseconds : long.MinValue;
}
