using System.Buffers;

namespace TimeSeries.Core.Memory;

/// <summary>
/// Bytes written one behind the other into one pooled array, for a batch's way from its request to the log. Whoever made it disposes it once,
/// when nothing reads <see cref="Written"/> any more. Not thread safe.
/// </summary>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int LargeBytes = 64 << 10;
    private const int LargestBytes = 8 << 20;

    // The shared pool keeps an array for each thread that gave one back, whatever its size, and makes a new one where another thread asks. Bodies of megabytes
    // go through one pool for all threads. It keeps no more of a size than were in use at one time, nor more than 16: 255 MiB if all sizes ever were.
    private static readonly ArrayPool<byte> _large = ArrayPool<byte>.Create(LargestBytes, maxArraysPerBucket: 16);

    private byte[] _bytes;

    public PooledBuffer(int capacity = 4_096) => _bytes = PoolOf(capacity).Rent(capacity);

    /// <summary>How many bytes were written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the buffer grows or is disposed.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - Length);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(Length);
    }

    /// <summary>Empties the buffer and keeps its memory.</summary>
    public void Clear() => Length = 0;

    /// <summary>Keeps only the first bytes.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    /// <summary>What was written, to be changed in place; valid until the buffer grows or is disposed.</summary>
    public Span<byte> Edit() => _bytes.AsSpan(0, Length);

    public void Dispose()
    {
        byte[] bytes = _bytes;
        _bytes = [];
        Length = 0;
        if (bytes.Length > 0)
        {
            PoolOf(bytes.Length).Return(bytes);
        }
    }

    private void Reserve(int sizeHint)
    {
        long needed = Length + (long)Math.Max(sizeHint, 1);
        if (needed <= _bytes.Length)
        {
            return;
        }

        int size = checked((int)Math.Max(needed, Math.Min(Array.MaxLength, _bytes.Length * 2L)));
        byte[] larger = PoolOf(size).Rent(size);
        _bytes.AsSpan(0, Length).CopyTo(larger);
        PoolOf(_bytes.Length).Return(_bytes);
        _bytes = larger;
    }

    // Arrays of both pools have lengths that are powers of two, so an array's length tells its pool.
    private static ArrayPool<byte> PoolOf(int length) => length is > LargeBytes and <= LargestBytes ? _large : ArrayPool<byte>.Shared;
}
