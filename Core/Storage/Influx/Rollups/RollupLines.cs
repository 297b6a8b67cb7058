using System.Buffers;
using System.Buffers.Text;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Storage.Influx.Writing;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>The lines of <see cref="InfluxSchema.RollupMeasurement"/>.</summary>
internal static class RollupLines
{
    /// <summary>Writes that a unit has samples in a bucket and that its rollup is not complete; false when the batch is full.</summary>
    public static bool TryDeclare(LineBatch into, int maxBytes, long pcode, ReadOnlySpan<byte> node, MeasurementTemplate points, long unit, long bucket)
    {
        AppendHead(into, pcode, node, points, unit, 0, 0);
        into.AppendTime(InfluxSchema.RollupTime(bucket, unit, 0));
        return into.TryEndLine(maxBytes);
    }

    /// <summary>
    /// The lines of a unit's rollup of one bucket, handed out one at a time: each goes into the batch that <paramref name="next"/> gives for it.
    /// </summary>
    public static async ValueTask WriteAsync(
        UnitRollups rollups, long pcode, ReadOnlyMemory<byte> node, MeasurementTemplate points, long unit, long bucket, Func<Action<LineBatch>, ValueTask> next)
    {
        using PooledBuffer raw = new();
        rollups.Write(raw);
        byte[] text = ArrayPool<byte>.Shared.Rent(Base64.GetMaxEncodedToUtf8Length(raw.Length));
        Base64.EncodeToUtf8(raw.Written.Span, text, out _, out int length);
        int parts = (length + InfluxSchema.MaxPartBytes - 1) / InfluxSchema.MaxPartBytes;
        for (int part = 0; part < parts; part++)
        {
            int index = part;
            int start = part * InfluxSchema.MaxPartBytes;
            await next(into => AppendPart(
                into, pcode, node.Span, points, (unit, bucket, index, parts), text.AsSpan(start, Math.Min(InfluxSchema.MaxPartBytes, length - start)))).ConfigureAwait(false);
        }

        ArrayPool<byte>.Shared.Return(text);
    }

    private static void AppendPart(
        LineBatch into, long pcode, ReadOnlySpan<byte> node, MeasurementTemplate points, (long Unit, long Bucket, int Part, int Parts) at, ReadOnlySpan<byte> text)
    {
        AppendHead(into, pcode, node, points, at.Unit, at.Part, at.Parts);
        into.Append(",data="u8);
        LineText.AppendText(into, text);
        into.AppendTime(InfluxSchema.RollupTime(at.Bucket, at.Unit, at.Part));
    }

    private static void AppendHead(LineBatch into, long pcode, ReadOnlySpan<byte> node, MeasurementTemplate points, long unit, long part, long parts)
    {
        into.Append("rollup_5m,kind="u8);
        into.Append(points.Measurement);
        into.Append(node);
        into.Append(",pcode="u8);
        LineText.AppendInteger(into, pcode);
        into.Append(" unit="u8);
        LineText.AppendInteger(into, unit);
        into.Append("i,part="u8);
        LineText.AppendInteger(into, part);
        into.Append("i,parts="u8);
        LineText.AppendInteger(into, parts);
        into.Append("i"u8);
    }
}
