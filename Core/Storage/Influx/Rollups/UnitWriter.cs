using System.Text;
using TimeSeries.Core.Memory;
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
            UnitLine line = new(node, pcode, MeasurementTemplate.Of(table.Schema.Kind), unit.Number);
            foreach ((long bucket, UnitRollups rollups) in new UnitRollup(table, apdexThresholdMicroseconds(pcode)).Buckets())
            {
                using PooledBuffer text = RollupLines.Encode(rollups);
                for (int part = 0; part < RollupLines.PartsOf(text.Length); part++)
                {
                    RollupLines.AppendPart(lines, line, bucket, part, text.Written.Span);
                    if (!lines.TryEndLine(size.MaxBytes))
                    {
                        await AddAsync().ConfigureAwait(false);
                        RollupLines.AppendPart(lines, line, bucket, part, text.Written.Span);
                        lines.TryEndLine(size.MaxBytes);
                    }
                }
            }
        }

        if (lines.LineCount > 0)
        {
            await AddAsync().ConfigureAwait(false);
        }

        lines.Dispose();
        await queue.WaitAsync(last, cancellationToken).ConfigureAwait(false);

        async ValueTask AddAsync()
        {
            await queue.AddAsync(lines, cancellationToken).ConfigureAwait(false);
            last = queue.Last;
            lines = new LineBatch(size.MaxBytes);
        }
    }
}
