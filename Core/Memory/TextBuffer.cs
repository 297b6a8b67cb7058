using System.Buffers;

namespace TimeSeries.Core.Memory;

/// <summary>Bytes that are put together and read at once; keeps its memory when emptied.</summary>
internal sealed class TextBuffer : IBufferWriter<byte>
{
    // What one huge text blew up is not worth keeping.
    private const int MaxKeptBytes = 1 << 20;

    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > MaxKeptBytes)
        {
            _bytes = new byte[256];
        }
    }

    /// <summary>Keeps only the first bytes.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    public void Add(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _bytes.AsSpan(Length);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _bytes.AsMemory(Length);
    }

    public void Advance(int count) => Length += count;

    private void Reserve(int more)
    {
        if (Length + more > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Length + more, _bytes.Length * 2));
        }
    }
}
