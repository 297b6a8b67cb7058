using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Influx.Client;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// Reads from the nodes' heartbeats up to which moment InfluxDB has everything that was accepted: the earliest of the open nodes.
/// It queries at most once a second, since a value that was true stays true. Thread safe.
/// </summary>
internal sealed class NodeHeartbeats(InfluxQlClient client, TimeProvider clock)
{
    private static readonly TimeSpan _kept = TimeSpan.FromSeconds(1);

    // Guards what is below.
    private readonly Lock _lock = new();
    private long _through;
    private long? _readAt;

    /// <summary>The moment in ms, by the nodes' clocks; the present when no node is open.</summary>
    /// <exception cref="InfluxQueryException">InfluxDB gave no complete response.</exception>
    public async ValueTask<long> ThroughAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_readAt is { } readAt && clock.GetElapsedTime(readAt) < _kept)
            {
                return _through;
            }
        }

        long begun = clock.GetTimestamp();
        long through = await ReadAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            (_through, _readAt) = (through, begun);
        }

        return through;
    }

    private async ValueTask<long> ReadAsync(CancellationToken cancellationToken)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        InfluxColumn last = new("last", isText: false);
        InfluxColumn open = new(InfluxSchema.OpenField, isText: false);

        // Nodes' clocks may be ahead of ours.
        InfluxStatement statement = InfluxStatement.Latest(InfluxSchema.NodeMeasurement, InfluxSchema.ThroughField, InfluxSchema.OpenField)
            .In(new TimeRange(now - InfluxSchema.NodeMemoryMilliseconds, now + InfluxSchema.NodeMemoryMilliseconds)).ByTag(InfluxSchema.NodeTag);
        long through = now;
        await client.ForEachAsync(
            statement,
            new InfluxRows(last, open),
            row => through = open.Numbers[row] == 1 && last.Numbers[row] != NumberColumn.Missing ? Math.Min(through, last.Numbers[row]) : through,
            cancellationToken).ConfigureAwait(false);
        return through;
    }
}
