using System.Buffers;

namespace TimeSeries.Ingest.Protocols.Otlp.Wire;

/// <summary>Writes the small messages of responses. Not thread safe.</summary>
internal static class ProtoWriter
{
    public static void WriteVarint(IBufferWriter<byte> into, ulong value)
    {
        Span<byte> bytes = into.GetSpan(10);
        int length = 0;
        while (value >= 0x80)
        {
            bytes[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[length++] = (byte)value;
        into.Advance(length);
    }

    /// <summary>Writes a number's field; nothing when it is 0.</summary>
    public static void WriteNumber(IBufferWriter<byte> into, int field, long value)
    {
        if (value != 0)
        {
            WriteVarint(into, (ulong)ProtoReader.KeyOf(field, ProtoReader.Varint));
            WriteVarint(into, (ulong)value);
        }
    }

    /// <summary>Writes a text's or a message's field, empty or not.</summary>
    public static void WriteBytes(IBufferWriter<byte> into, int field, ReadOnlySpan<byte> value)
    {
        WriteVarint(into, (ulong)ProtoReader.KeyOf(field, ProtoReader.Bytes));
        WriteVarint(into, (ulong)value.Length);
        into.Write(value);
    }
}
