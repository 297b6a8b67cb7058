using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Writing;

namespace TimeSeries.Core.Storage.Influx.Startup;

/// <summary>Writes and reads the points of a node's heartbeats (see <see cref="InfluxSchema"/>). Thread safe.</summary>
internal sealed class NodePoint(InfluxHttp http, InfluxOptions options, TimeProvider clock) : IDisposable
{
    // Of a directory that was put away and is started again. Clocks may be ahead of ours.
    private const long PastMilliseconds = 10L * 366 * 24 * InfluxSchema.HourMilliseconds;
    private const long AheadMilliseconds = 24 * InfluxSchema.HourMilliseconds;

    private readonly HttpMessageInvoker _queries = InfluxQlClient.MakeInvoker();

    /// <summary>Writes once. Whether InfluxDB has it.</summary>
    public async Task<bool> WriteAsync(ulong node, NodeStatus status, CancellationToken cancellationToken)
    {
        long hour = InfluxSchema.NodeTime(clock.GetUtcNow().ToUnixTimeMilliseconds());
        string fields = string.Create(
            CultureInfo.InvariantCulture,
            $"{InfluxSchema.AtField}={status.At}i,{InfluxSchema.InstanceField}=\"{status.Instance:x16}\",{InfluxSchema.NextField}={status.NextNumber}i,"
                + $"{InfluxSchema.OpenField}={(status.IsOpen ? 1 : 0)}i,{InfluxSchema.ThroughField}={status.Through}i");
        string line = $"{InfluxSchema.NodeMeasurement},{InfluxSchema.NodeTag}={InfluxSchema.NodeName(node)} {fields} {hour}\n";
        return (await http.WriteAsync(Encoding.UTF8.GetBytes(line), 0, cancellationToken).ConfigureAwait(false)).Outcome == WriteOutcome.Stored;
    }

    /// <summary>Reads the latest point of a node; null when there is none, or no database.</summary>
    /// <exception cref="InfluxQueryException">InfluxDB gave no whole response.</exception>
    public async Task<NodeStatus?> FindAsync(ulong node, CancellationToken cancellationToken)
    {
        try
        {
            return await QueryAsync(node, cancellationToken).ConfigureAwait(false);
        }
        catch (InfluxQueryException fault) when (fault.LacksDatabase)
        {
            return null;
        }
    }

    public void Dispose() => _queries.Dispose();

    private async Task<NodeStatus?> QueryAsync(ulong node, CancellationToken cancellationToken)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        InfluxColumn through = new(InfluxSchema.ThroughField, isText: false);
        InfluxColumn open = new(InfluxSchema.OpenField, isText: false);
        InfluxColumn at = new(InfluxSchema.AtField, isText: false);
        InfluxColumn next = new(InfluxSchema.NextField, isText: false);
        InfluxColumn instance = new(InfluxSchema.InstanceField, isText: true);
        InfluxStatement statement = InfluxStatement.Select(InfluxSchema.NodeMeasurement, through.Name, open.Name, at.Name, next.Name, instance.Name)
            .Where(InfluxSchema.NodeTag, InfluxSchema.NodeName(node)).In(new TimeRange(now - PastMilliseconds, now + AheadMilliseconds)).Descending().First(1);
        NodeStatus? found = null;
        await new InfluxQlClient(_queries, options, clock).ForEachAsync(
            statement,
            new InfluxRows(through, open, at, next, instance),
            row => found = new NodeStatus(
                Known(through.Numbers[row]), open.Numbers[row] == 1,
                ulong.TryParse(instance.Text(row), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong id) ? id : 0,
                Known(next.Numbers[row]), Known(at.Numbers[row])),
            cancellationToken).ConfigureAwait(false);
        return found;
    }

    // Points of earlier versions have only some of the fields.
    private static long Known(long number) => number == NumberColumn.Missing ? 0 : number;
}
