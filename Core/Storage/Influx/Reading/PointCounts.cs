using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Client;

namespace TimeSeries.Core.Storage.Influx.Reading;

/// <summary>How many points a kind has. It costs InfluxDB one pass over an integer field; no row travels.</summary>
internal static class PointCounts
{
    /// <summary>Bucket by bucket: those of some ranges, ascending and disjoint, that have points, ascending.</summary>
    public static async ValueTask<List<(long Bucket, long Points)>> AskAsync(
        InfluxQlClient client, KindSchema schema, string project, IReadOnlyList<TimeRange> ranges, CancellationToken cancellationToken)
    {
        InfluxColumn time = new("time", isText: false);
        InfluxColumn count = new("count", isText: false);
        InfluxRows rows = new(time, count);
        List<(long Bucket, long Points)> counts = [];
        foreach (TimeRange range in ranges)
        {
            InfluxStatement statement = InfluxStatement.Count(schema.Name, InfluxSchema.NumberField).Where(InfluxSchema.PcodeTag, project).In(range)
                .ByTime(InfluxSchema.BucketMilliseconds);
            await using InfluxAnswer answer = await client.AskAsync(statement, rows, cancellationToken).ConfigureAwait(false);
            while (await answer.ReadAsync().ConfigureAwait(false))
            {
                for (int row = 0; row < rows.RowCount; row++)
                {
                    counts.Add((InfluxSchema.MillisecondsOf(time.Numbers[row]), count.Numbers[row]));
                }
            }
        }

        return counts;
    }

    /// <summary>The points of a range that some conditions let pass.</summary>
    public static async ValueTask<long> AskAsync(
        InfluxQlClient client, KindSchema schema, string project, TimeRange range, PushdownPredicates conditions, CancellationToken cancellationToken)
    {
        InfluxColumn count = new("count", isText: false);
        InfluxRows rows = new(count);
        InfluxStatement statement = InfluxStatement.Count(schema.Name, InfluxSchema.NumberField).Where(InfluxSchema.PcodeTag, project).In(range);
        conditions.AddTo(statement);
        long points = 0;
        await using InfluxAnswer answer = await client.AskAsync(statement, rows, cancellationToken).ConfigureAwait(false);
        while (await answer.ReadAsync().ConfigureAwait(false))
        {
            points += rows.RowCount > 0 ? count.Numbers[0] : 0;
        }

        return points;
    }
}
