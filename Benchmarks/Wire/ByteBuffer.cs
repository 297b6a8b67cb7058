using System.Buffers;

namespace TimeSeries.Benchmarks.Wire;

/// <summary>Bytes that grow at their end and keep their memory when emptied. Not thread safe.</summary>
internal sealed class ByteBuffer : IBufferWriter<byte>
{
    // Room for a small batch, so that most buffers grow a few times only.
    private const int FirstBytes = 4_096;

    private byte[] _bytes = new byte[FirstBytes];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Count);

    public void Clear() => Count = 0;

    /// <summary>Adds bytes that the caller fills in.</summary>
    public Span<byte> Extend(int count)
    {
        Span<byte> added = GetSpan(count)[..count];
        Advance(count);
        return added;
    }

    /// <summary>Takes the last bytes away.</summary>
    public void Shorten(int count) => Count -= count;

    public void Add(byte value) => Extend(1)[0] = value;

    public void Add(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Extend(bytes.Length));

    public void Advance(int count) => Count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (Count + Math.Max(sizeHint, 1) > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Count + sizeHint, _bytes.Length * 2));
        }

        return _bytes.AsMemory(Count);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
