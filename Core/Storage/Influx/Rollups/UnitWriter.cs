using System.Text;
using TimeSeries.Core.Storage.Influx.Writing;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>Writes the rollups of a unit whose samples are all confirmed. Not thread safe.</summary>
/// <param name="queue">What sends lines.</param>
/// <param name="size">How large batches are.</param>
/// <param name="apdexThresholdMicroseconds">The apdex threshold of a project.</param>
/// <param name="nodeOf">The node of a sequence number.</param>
internal sealed class UnitWriter(SendQueue queue, AdaptiveBatchSize size, Func<long, long> apdexThresholdMicroseconds, Func<long, ulong> nodeOf)
{
    /// <summary>Writes the rollups, and returns once InfluxDB has them.</summary>
    public async ValueTask WriteAsync(OpenUnit unit, CancellationToken cancellationToken)
    {
        LineBatch lines = new(size.MaxBytes);
        byte[] node = Encoding.UTF8.GetBytes($",{InfluxSchema.NodeTag}={InfluxSchema.NodeName(nodeOf(unit.FirstNumber))}");
        long last = 0;
        foreach ((long pcode, UnitTable table) in unit.Tables)
        {
            table.Complete();
            UnitRollup rollup = new(table, apdexThresholdMicroseconds(pcode));
            foreach ((long bucket, UnitRollups rollups) in rollup.Buckets())
            {
                await RollupLines.WriteAsync(rollups, pcode, node, MeasurementTemplate.Of(table.Schema.Kind), unit.Number, bucket, AppendAsync).ConfigureAwait(false);
            }
        }

        if (lines.LineCount > 0)
        {
            await AddAsync().ConfigureAwait(false);
        }

        lines.Dispose();
        await queue.WaitAsync(last, cancellationToken).ConfigureAwait(false);

        async ValueTask AppendAsync(Action<LineBatch> line)
        {
            line(lines);
            if (!lines.TryEndLine(size.MaxBytes))
            {
                await AddAsync().ConfigureAwait(false);
                line(lines);
                lines.TryEndLine(size.MaxBytes);
            }
        }

        async ValueTask AddAsync()
        {
            await queue.AddAsync(lines, cancellationToken).ConfigureAwait(false);
            last = queue.Last;
            lines = new LineBatch(size.MaxBytes);
        }
    }
}
