using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx;

/// <summary>How many points a kind has, bucket by bucket. It costs InfluxDB one pass over an integer field; no row travels.</summary>
internal static class PointCounts
{
    /// <summary>The buckets of a range that have points, ascending.</summary>
    public static async ValueTask<List<(long Bucket, long Points)>> AskAsync(
        InfluxQlClient client, KindSchema schema, string project, TimeRange range, CancellationToken cancellationToken)
    {
        AnswerColumn time = new("time", isText: false);
        AnswerColumn count = new("count", isText: false);
        AnswerRows rows = new(time, count);
        InfluxStatement statement = InfluxStatement.Count(schema.Name, InfluxSchema.NumberField).Where(InfluxSchema.PcodeTag, project).In(range)
            .ByTime(InfluxSchema.BucketMilliseconds);
        List<(long Bucket, long Points)> counts = [];
        await using InfluxAnswer answer = await client.AskAsync(statement, rows, cancellationToken).ConfigureAwait(false);
        while (await answer.ReadAsync().ConfigureAwait(false))
        {
            for (int row = 0; row < rows.RowCount; row++)
            {
                counts.Add((InfluxSchema.MillisecondsOf(time.Numbers[row]), count.Numbers[row]));
            }
        }

        return counts;
    }
}
