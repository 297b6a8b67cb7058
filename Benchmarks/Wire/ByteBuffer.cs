namespace TimeSeries.Benchmarks.Wire;

/// <summary>Bytes that grow at their end and keep their memory when emptied. Not thread safe.</summary>
internal sealed class ByteBuffer
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
        if (Count + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Count + count, _bytes.Length * 2));
        }

        Span<byte> added = _bytes.AsSpan(Count, count);
        Count += count;
        return added;
    }

    /// <summary>Takes the last bytes away.</summary>
    public void Shorten(int count) => Count -= count;

    public void Add(byte value) => Extend(1)[0] = value;

    public void Add(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Extend(bytes.Length));
}
