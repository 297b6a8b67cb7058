using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace TimeSeries.Benchmarks.Load.Exports;

/// <summary>Writes a message of protobuf, as far as exports need it.</summary>
internal sealed class ProtoBuffer
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public int Length => _bytes.WrittenCount;

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>Adds bytes, a text or a message. Returns where their content begins.</summary>
    public int Add(int field, ReadOnlySpan<byte> content)
    {
        AddVarint((ulong)((field << 3) | 2));
        AddVarint((ulong)content.Length);
        int start = Length;
        _bytes.Write(content);
        return start;
    }

    public void AddNumber(int field, long value)
    {
        AddVarint((ulong)(field << 3));
        AddVarint((ulong)value);
    }

    public void AddFixed(int field, ulong value)
    {
        AddVarint((ulong)((field << 3) | 1));
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _bytes.Write(bytes);
    }

    /// <summary>Adds an attribute with a text.</summary>
    public void AddText(int field, string key, string value)
    {
        ProtoBuffer any = new();
        any.Add(1, Encoding.UTF8.GetBytes(value));
        AddAttribute(field, key, any);
    }

    /// <summary>Adds an attribute with an integer.</summary>
    public void AddInteger(int field, string key, long value)
    {
        ProtoBuffer any = new();
        any.AddNumber(3, value);
        AddAttribute(field, key, any);
    }

    private void AddAttribute(int field, string key, ProtoBuffer value)
    {
        ProtoBuffer pair = new();
        pair.Add(1, Encoding.UTF8.GetBytes(key));
        pair.Add(2, value.Written);
        Add(field, pair.Written);
    }

    private void AddVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Write([(byte)(value | 0x80)]);
        }

        _bytes.Write([(byte)value]);
    }
}
