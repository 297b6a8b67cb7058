using System.Buffers;

namespace TimeSeries.Core.Memory;

/// <summary>
/// Bytes written one behind the other, for a batch's way from its request to the log. Whoever made it disposes it once, when nothing reads
/// <see cref="Written"/> any more. Not thread safe.
/// </summary>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int LargeBytes = 64 << 10;

    // What is larger is not kept, so that what huge bodies took is not missing later: a page of new memory costs about what a copy of it does. Batches of
    // ten thousand rows, 4 MB, took 15 % more processor time where they were not kept.
    private const int LargestPooledBytes = 8 << 20;

    // The shared pool keeps an array for each thread that gave one back, whatever its size, and makes a new one where another thread asks. Bodies of megabytes
    // go through one pool for all threads. It keeps no more of a size than were in use at one time, nor more than 4: 63 MiB if all sizes ever were.
    private static readonly ArrayPool<byte> _large = ArrayPool<byte>.Create(LargestPooledBytes, maxArraysPerBucket: 4);

    // Of the two one has the bytes.
    private byte[] _bytes = [];
    private MappedBytes? _mapped;

    public PooledBuffer(int capacity = 4_096)
    {
        if (capacity <= LargestPooledBytes)
        {
            _bytes = PoolOf(capacity).Rent(capacity);
        }
        else
        {
            _mapped = new MappedBytes(capacity);
        }
    }

    /// <summary>How many bytes were written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the buffer grows or is disposed.</summary>
    public ReadOnlyMemory<byte> Written => _mapped is null ? _bytes.AsMemory(0, Length) : _mapped.Memory[..Length];

    private int Capacity => _mapped?.Length ?? _bytes.Length;

    private Span<byte> Bytes => _mapped is null ? _bytes : _mapped.GetSpan();

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Capacity - Length);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _mapped is null ? _bytes.AsMemory(Length) : _mapped.Memory[Length..];
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return Bytes[Length..];
    }

    /// <summary>Makes room for so many more bytes, so that they come without growing.</summary>
    public void Reserve(int bytes)
    {
        long needed = Length + (long)bytes;
        if (needed > Capacity)
        {
            Grow(checked((int)Math.Max(needed, Math.Min(Array.MaxLength, Capacity * 2L))));
        }
    }

    /// <summary>Empties the buffer and keeps its memory.</summary>
    public void Clear() => Length = 0;

    /// <summary>Keeps only the first bytes.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    /// <summary>What was written, to be changed in place; valid until the buffer grows or is disposed.</summary>
    public Span<byte> Edit() => Bytes[..Length];

    public void Dispose()
    {
        Length = 0;
        Return();
    }

    private void Grow(int size)
    {
        if (_mapped is not null)
        {
            _mapped.Grow(size);
            return;
        }

        byte[] larger = [];
        MappedBytes? mapped = null;
        if (size <= LargestPooledBytes)
        {
            larger = PoolOf(size).Rent(size);
        }
        else
        {
            mapped = new MappedBytes(size);
        }

        _bytes.AsSpan(0, Length).CopyTo(mapped is null ? larger : mapped.GetSpan());
        Return();
        (_bytes, _mapped) = (larger, mapped);
    }

    private void Return()
    {
        (byte[] bytes, IDisposable? mapped) = (_bytes, _mapped);
        (_bytes, _mapped) = ([], null);
        mapped?.Dispose();
        if (bytes.Length > 0)
        {
            PoolOf(bytes.Length).Return(bytes);
        }
    }

    // Arrays of both pools have lengths that are powers of two, so an array's length tells its pool.
    private static ArrayPool<byte> PoolOf(int length) => length > LargeBytes ? _large : ArrayPool<byte>.Shared;
}
