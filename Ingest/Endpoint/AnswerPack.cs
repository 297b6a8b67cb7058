using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Decoding;

namespace TimeSeries.Ingest.Endpoint;

/// <summary>Writes answers as MessagePack (github.com/msgpack/msgpack/blob/master/spec.md): the same map as in JSON.</summary>
internal static class AnswerPack
{
    private const byte Nil = 0xC0;
    private const byte False = 0xC2;
    private const byte True = 0xC3;
    private const byte Int32 = 0xD2;
    private const byte Str8 = 0xD9;
    private const byte Str16 = 0xDA;
    private const byte Array16 = 0xDC;
    private const byte FixMap = 0x80;
    private const byte FixStr = 0xA0;
    private const int FixIntMax = 127;
    private const int FixStrMax = 31;

    public static void Write(IBufferWriter<byte> output, PushAnswer answer)
    {
        WriteByte(output, (byte)(FixMap | (answer.IsStored is null ? 8 : 9)));
        WriteNumber(output, "accepted", answer.Counts.Accepted);
        WriteNumber(output, "rejected", answer.Counts.Rejected);
        WriteNumber(output, "duplicates", answer.Counts.Duplicates);
        WriteNumber(output, "truncated", answer.Counts.Truncated);
        WriteText(output, "duplicate");
        WriteByte(output, answer.IsDuplicate ? True : False);
        if (answer.IsStored is { } isStored)
        {
            WriteText(output, "stored");
            WriteByte(output, isStored ? True : False);
        }

        WriteText(output, "errors");
        WriteArray(output, answer.Errors.Count);
        foreach (SampleError error in answer.Errors)
        {
            WriteError(output, error);
        }

        WriteText(output, "unknown");
        WriteArray(output, answer.Unknown.Count);
        foreach (string name in answer.Unknown)
        {
            WriteText(output, name);
        }

        WriteText(output, "position");
        WriteText(output, answer.Position);
    }

    private static void WriteError(IBufferWriter<byte> output, SampleError error)
    {
        WriteByte(output, FixMap | 4);
        WriteText(output, "kind");
        WriteText(output, SampleSchema.Of(error.Kind).Name);
        WriteNumber(output, "index", error.Index);
        WriteText(output, "field");
        if (error.Field is null)
        {
            WriteByte(output, Nil);
        }
        else
        {
            WriteText(output, error.Field);
        }

        WriteText(output, "reason");
        WriteText(output, error.Reason);
    }

    private static void WriteNumber(IBufferWriter<byte> output, string name, int value)
    {
        WriteText(output, name);
        if (value is >= 0 and <= FixIntMax)
        {
            WriteByte(output, (byte)value);
            return;
        }

        Span<byte> bytes = output.GetSpan(1 + sizeof(int));
        bytes[0] = Int32;
        BinaryPrimitives.WriteInt32BigEndian(bytes[1..], value);
        output.Advance(1 + sizeof(int));
    }

    private static void WriteArray(IBufferWriter<byte> output, int count)
    {
        Span<byte> bytes = output.GetSpan(1 + sizeof(ushort));
        bytes[0] = Array16;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[1..], checked((ushort)count));
        output.Advance(1 + sizeof(ushort));
    }

    private static void WriteText(IBufferWriter<byte> output, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        if (length <= FixStrMax)
        {
            WriteByte(output, (byte)(FixStr | length));
        }
        else if (length <= byte.MaxValue)
        {
            output.Write([Str8, (byte)length]);
        }
        else
        {
            output.Write([Str16, (byte)(checked((ushort)length) >> 8), (byte)length]);
        }

        Encoding.UTF8.GetBytes(text, output.GetSpan(length));
        output.Advance(length);
    }

    private static void WriteByte(IBufferWriter<byte> output, byte value) => output.Write([value]);
}
