using System.Buffers.Text;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>Tells which lines need not be kept any more, by the retention of their kind. Thread safe.</summary>
internal sealed class LineAges(Func<Kind, TimeSpan?> retentionOf, TimeProvider clock)
{
    private const long NanosecondsPerTick = 100;

    /// <summary>How many of a batch's lines are past their retention.</summary>
    public int CountExpired(LineBatch batch, (int First, int Count) lines)
    {
        int count = 0;
        for (int i = 0; i < lines.Count; i++)
        {
            count += IsExpired(batch.Lines(lines.First + i, 1).Span) ? 1 : 0;
        }

        return count;
    }

    private bool IsExpired(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> time = line[(line.LastIndexOf((byte)' ') + 1)..];
        return KindOf(line) is { } kind && retentionOf(kind) is { } kept && Utf8Parser.TryParse(time, out long nanoseconds, out _)
            && clock.GetUtcNow() - DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / NanosecondsPerTick) > kept;
    }

    // The measurement is a kind, or that of rollups, whose kind is a tag.
    private static Kind? KindOf(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> name = UntilEnd(line);
        int tag = line.IndexOf(",kind="u8);
        ReadOnlySpan<byte> kind = name.SequenceEqual("rollup_5m"u8) && tag >= 0 ? UntilEnd(line[(tag + ",kind="u8.Length)..]) : name;
        foreach (KindSchema schema in SampleSchema.All)
        {
            if (kind.SequenceEqual(MeasurementTemplate.Of(schema.Kind).Measurement))
            {
                return schema.Kind;
            }
        }

        return null;
    }

    private static ReadOnlySpan<byte> UntilEnd(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAny((byte)',', (byte)' ');
        return end < 0 ? text : text[..end];
    }
}
