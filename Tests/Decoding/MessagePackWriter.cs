using System.Buffers.Binary;
using System.Text;

namespace TimeSeries.Tests.Decoding;

/// <summary>A small MessagePack encoder written from the specification alone, so that the decoder is not tested with its own mirror image.</summary>
internal sealed class MessagePackWriter
{
    private readonly MemoryStream _stream = new();

    public byte[] ToArray() => _stream.ToArray();

    public MessagePackWriter Raw(params ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        return this;
    }

    public MessagePackWriter Nil() => Raw(0xC0);

    public MessagePackWriter Bool(bool value) => Raw(value ? (byte)0xC3 : (byte)0xC2);

    /// <summary>The shortest form that holds the value.</summary>
    public MessagePackWriter Int(long value) => value switch
    {
        >= 0 and < 128 => Raw((byte)value),
        >= -32 and < 0 => Raw((byte)(sbyte)value),
        >= 0 and <= byte.MaxValue => Raw(0xCC, (byte)value),
        >= 0 and <= ushort.MaxValue => Raw(0xCD).Big((ulong)value, 2),
        >= 0 and <= uint.MaxValue => Raw(0xCE).Big((ulong)value, 4),
        >= 0 => Raw(0xCF).Big((ulong)value, 8),
        >= sbyte.MinValue => Raw(0xD0, (byte)(sbyte)value),
        >= short.MinValue => Raw(0xD1).Big((ulong)value, 2),
        >= int.MinValue => Raw(0xD2).Big((ulong)value, 4),
        _ => Raw(0xD3).Big((ulong)value, 8),
    };

    public MessagePackWriter Double(double value) => Raw(0xCB).Big(BitConverter.DoubleToUInt64Bits(value), 8);

    public MessagePackWriter Single(float value) => Raw(0xCA).Big(BitConverter.SingleToUInt32Bits(value), 4);

    public MessagePackWriter Str(string text) => Str(Encoding.UTF8.GetBytes(text));

    public MessagePackWriter Str(ReadOnlySpan<byte> text) => (text.Length switch
    {
        < 32 => Raw((byte)(0xA0 | text.Length)),
        <= byte.MaxValue => Raw(0xD9, (byte)text.Length),
        <= ushort.MaxValue => Raw(0xDA).Big((ulong)text.Length, 2),
        _ => Raw(0xDB).Big((ulong)text.Length, 4),
    }).Raw(text);

    public MessagePackWriter Bin(ReadOnlySpan<byte> bytes) => (bytes.Length switch
    {
        <= byte.MaxValue => Raw(0xC4, (byte)bytes.Length),
        <= ushort.MaxValue => Raw(0xC5).Big((ulong)bytes.Length, 2),
        _ => Raw(0xC6).Big((ulong)bytes.Length, 4),
    }).Raw(bytes);

    public MessagePackWriter Array(int count) => count switch
    {
        < 16 => Raw((byte)(0x90 | count)),
        <= ushort.MaxValue => Raw(0xDC).Big((ulong)count, 2),
        _ => Raw(0xDD).Big((ulong)count, 4),
    };

    public MessagePackWriter Map(int count) => count switch
    {
        < 16 => Raw((byte)(0x80 | count)),
        <= ushort.MaxValue => Raw(0xDE).Big((ulong)count, 2),
        _ => Raw(0xDF).Big((ulong)count, 4),
    };

    /// <summary>A map with one key that packs numbers, little-endian.</summary>
    public MessagePackWriter Packed(string width, IReadOnlyList<long> values)
    {
        byte[] bytes = new byte[values.Count * (width == "i32" ? 4 : 8)];
        for (int i = 0; i < values.Count; i++)
        {
            if (width == "i32")
            {
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * 4), (int)values[i]);
            }
            else if (width == "i64")
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * 8), values[i]);
            }
            else
            {
                BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * 8), values[i]);
            }
        }

        return Map(1).Str(width).Bin(bytes);
    }

    public MessagePackWriter Big(ulong value, int width)
    {
        for (int shift = (width - 1) * 8; shift >= 0; shift -= 8)
        {
            Raw((byte)(value >> shift));
        }

        return this;
    }
}
