using System.Globalization;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Reading;

namespace TimeSeries.Core.Storage.Influx.Alerts;

/// <summary>
/// Finds the alerts that repeat earlier ones. It uses the cached ids of a project, or only the ids that a filter names.
/// A project whose ids exceed the cache is read part by part. Memory is always bounded. Thread safe.
/// </summary>
/// <param name="client">Where the alerts are.</param>
/// <param name="clock">Ages.</param>
/// <param name="maxBytes">Most memory for cached ids, and for a part.</param>
internal sealed class DuplicateAlertFinder(InfluxQlClient client, TimeProvider clock, long maxBytes)
{
    // Values of the tag that alerts have: the first byte of the id.
    private const int Tags = 256;

    private readonly BoundedCache<long, AlertIdIndex> _projects = new(maxBytes, static alerts => alerts.AllocatedBytes);
    private readonly FifoLock _turn = new();

    /// <summary>Finds the repeats among the alerts of a project in the range of all alerts that queries see.</summary>
    /// <exception cref="InfluxQueryException">InfluxDB gave no complete response.</exception>
    public async ValueTask<RepeatedAlerts> FindAsync(long pcode, TimeRange kept, PushdownPredicates conditions, CancellationToken cancellationToken)
    {
        AlertIdScan scan = new(client, pcode);
        if (conditions.HasIds)
        {
            RepeatedAlerts some = new();
            await FindAsync(scan, kept, conditions.AddIds, some, cancellationToken).ConfigureAwait(false);
            return some;
        }

        AlertIdIndex index = _projects.FindOrAdd(pcode, () => new AlertIdIndex(scan, clock, maxBytes));
        try
        {
            if (await index.FindAsync(kept, cancellationToken).ConfigureAwait(false) is { } found)
            {
                return found;
            }
        }
        finally
        {
            // It may have grown.
            _projects.Set(pcode, index);
        }

        return await FindInPartsAsync(scan, kept, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<RepeatedAlerts> FindInPartsAsync(AlertIdScan scan, TimeRange kept, CancellationToken cancellationToken)
    {
        await _turn.BeginAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            long alerts = (await scan.CountAsync(kept, cancellationToken).ConfigureAwait(false)).Sum(static day => day.Points);
            int parts = (int)Math.Clamp((alerts * StoredAlertIds.BytesPerAlert / maxBytes) + 2, 1, Tags);
            RepeatedAlerts repeated = new();
            foreach (IGrouping<int, int> part in Enumerable.Range(0, Tags).GroupBy(tag => tag * parts / Tags))
            {
                string[] tags = [.. part.Select(static tag => tag.ToString("x2", CultureInfo.InvariantCulture))];
                await FindAsync(scan, kept, statement => statement.WhereAny(InfluxSchema.AlertTag, tags), repeated, cancellationToken).ConfigureAwait(false);
            }

            return repeated;
        }
        finally
        {
            _turn.End();
        }
    }

    private static async ValueTask FindAsync(
        AlertIdScan scan, TimeRange kept, Action<InfluxStatement> restrict, RepeatedAlerts repeated, CancellationToken cancellationToken)
    {
        StoredAlertIds ids = new();
        await scan.ReadAsync(kept, ids, restrict, cancellationToken).ConfigureAwait(false);
        ids.FindRepeats(kept.From, repeated);
    }
}
