using System.Buffers.Text;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Storage.Influx.Writing;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>The lines of <see cref="InfluxSchema.RollupMeasurement"/>.</summary>
internal static class RollupLines
{
    /// <summary>Writes that a unit has samples in a bucket and that its rollup is not complete; false when the batch is full.</summary>
    public static bool TryDeclare(LineBatch into, int maxBytes, in UnitLine unit, long bucket)
    {
        AppendHead(into, unit, 0, 0);
        into.AppendTime(InfluxSchema.RollupTime(bucket, unit.Number, 0));
        return into.TryEndLine(maxBytes);
    }

    /// <summary>The base64 of a unit's rollups of a bucket; it is split into parts of <see cref="InfluxSchema.MaxPartBytes"/>.</summary>
    public static PooledBuffer Encode(UnitRollups rollups)
    {
        using PooledBuffer raw = new();
        rollups.Write(raw);
        PooledBuffer text = new(Base64.GetMaxEncodedToUtf8Length(raw.Length));
        Base64.EncodeToUtf8(raw.Written.Span, text.GetSpan(Base64.GetMaxEncodedToUtf8Length(raw.Length)), out _, out int length);
        text.Advance(length);
        return text;
    }

    /// <summary>Appends a part of the base64 as an open line.</summary>
    public static void AppendPart(LineBatch into, in UnitLine unit, long bucket, int part, ReadOnlySpan<byte> text)
    {
        int start = part * InfluxSchema.MaxPartBytes;
        AppendHead(into, unit, part, PartsOf(text.Length));
        into.Append(",data="u8);
        LineText.AppendText(into, text.Slice(start, Math.Min(InfluxSchema.MaxPartBytes, text.Length - start)));
        into.AppendTime(InfluxSchema.RollupTime(bucket, unit.Number, part));
    }

    /// <summary>How many parts a base64 of this length has.</summary>
    public static int PartsOf(int length) => (length + InfluxSchema.MaxPartBytes - 1) / InfluxSchema.MaxPartBytes;

    private static void AppendHead(LineBatch into, in UnitLine unit, long part, long parts)
    {
        into.Append("rollup_5m,kind="u8);
        into.Append(unit.Template.Measurement);
        into.Append(unit.Node);
        into.Append(",pcode="u8);
        LineText.AppendInteger(into, unit.Pcode);
        into.Append(" unit="u8);
        LineText.AppendInteger(into, unit.Number);
        into.Append("i,part="u8);
        LineText.AppendInteger(into, part);
        into.Append("i,parts="u8);
        LineText.AppendInteger(into, parts);
        into.Append("i"u8);
    }
}

/// <summary>What the rollup lines of a project's samples of one kind in a unit have in common.</summary>
/// <param name="Node">The node's tag, with its comma.</param>
/// <param name="Pcode">The project.</param>
/// <param name="Template">The kind.</param>
/// <param name="Number">The unit's number on its node.</param>
internal readonly record struct UnitLine(byte[] Node, long Pcode, MeasurementTemplate Template, long Number);
