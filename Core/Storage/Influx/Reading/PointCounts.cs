using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Client;

namespace TimeSeries.Core.Storage.Influx.Reading;

/// <summary>Counts the points of a kind. It costs InfluxDB one pass over an integer field, and no row is sent.</summary>
internal static class PointCounts
{
    /// <summary>Counts each window of some ranges. The ranges ascend and are disjoint. Windows without points are left out.</summary>
    public static async ValueTask<List<(long Start, long Points)>> CountAsync(
        InfluxQlClient client, KindSchema schema, string project, IReadOnlyList<TimeRange> ranges, long windowMilliseconds, CancellationToken cancellationToken)
    {
        InfluxColumn time = new("time", isText: false);
        InfluxColumn count = new("count", isText: false);
        InfluxRows rows = new(time, count);
        List<(long Start, long Points)> counts = [];
        foreach (TimeRange range in ranges)
        {
            InfluxStatement statement = InfluxStatement.Count(schema.Name, InfluxSchema.NumberField).Where(InfluxSchema.PcodeTag, project).In(range)
                .ByTime(windowMilliseconds);
            await client.ForEachAsync(
                statement, rows, row => counts.Add((InfluxSchema.MillisecondsOf(time.Numbers[row]), count.Numbers[row])), cancellationToken)
                .ConfigureAwait(false);
        }

        return counts;
    }

    /// <summary>Counts the points of a range that meet some conditions.</summary>
    public static async ValueTask<long> CountAsync(
        InfluxQlClient client, KindSchema schema, string project, TimeRange range, PushdownPredicates conditions, CancellationToken cancellationToken)
    {
        InfluxColumn count = new("count", isText: false);
        InfluxStatement statement = InfluxStatement.Count(schema.Name, InfluxSchema.NumberField).Where(InfluxSchema.PcodeTag, project).In(range);
        conditions.AddTo(statement);
        long points = 0;
        await client.ForEachAsync(statement, new InfluxRows(count), row => points += count.Numbers[row], cancellationToken).ConfigureAwait(false);
        return points;
    }
}
