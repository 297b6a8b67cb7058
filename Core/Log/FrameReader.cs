using System.Buffers;
using TimeSeries.Core.Files;

namespace TimeSeries.Core.Log;

/// <summary>
/// Reads the frames of one file forward. What can't be read is passed over to the next valid frame and reported. Not thread safe.
/// </summary>
internal sealed class FrameReader : IDisposable
{
    // One read of a mebibyte costs no more than a few of a page each, and most records fit.
    private const int ChunkBytes = 1 << 20;

    // What a disk can fail to read alone.
    private const int PageBytes = 4_096;

    private readonly IFile _file;
    private readonly FrameFormat _format;
    private readonly long _offset;
    private readonly Action<long, long> _damaged;
    private byte[] _buffer = [];
    private long _bufferStart;
    private int _buffered;

    // The last frame whose header is whole and whose payload is not.
    private long _brokenStart;
    private long _brokenEnd;

    /// <param name="file">Disposed with the reader.</param>
    /// <param name="format">The frames' format.</param>
    /// <param name="offset">What is added to a position to get the offset in the file.</param>
    /// <param name="range">Positions to read.</param>
    /// <param name="damaged">Told of each stretch between valid frames that holds none.</param>
    public FrameReader(IFile file, FrameFormat format, long offset, (long Start, long End) range, Action<long, long> damaged)
    {
        _file = file;
        _format = format;
        _offset = offset;
        _damaged = damaged;
        Position = range.Start;
        Limit = Math.Clamp(file.Length - offset, range.Start, Math.Max(range.Start, range.End));
    }

    /// <summary>Behind the last valid frame.</summary>
    public long Position { get; private set; }

    /// <summary>Where reading ends: the range's or the file's end.</summary>
    public long Limit { get; }

    /// <summary>
    /// Behind the last frame that is broken but for its header, when others are broken before it, all behind the last valid frame; else null. A single one may
    /// be torn.
    /// </summary>
    public long? BrokenEnd => _brokenEnd > Position && _brokenStart > Position ? _brokenEnd : null;

    /// <summary>Behind the last page that could not be read; records may be in it. 0 when all could be.</summary>
    public long UnreadableEnd { get; private set; }

    /// <summary>The first fault of the disk while reading; what it hid was taken for damage.</summary>
    public IOException? Fault { get; private set; }

    /// <summary>The next valid frame's payload; it stays as it is until the next call. False when no more is valid.</summary>
    public bool TryRead(out ReadOnlyMemory<byte> payload)
    {
        long at = Position;
        while (Limit - at > FrameFormat.HeaderSize)
        {
            int length = _format.ReadLength(Read(at, FrameFormat.HeaderSize), at, Limit - at);
            if (length == 0)
            {
                at = SkipZeros(at + 1);
                continue;
            }

            int frame = FrameFormat.HeaderSize + length;
            if (FrameFormat.IsWhole(Read(at, frame)))
            {
                if (at > Position)
                {
                    _damaged(Position, at);
                }

                Position = at + frame;
                payload = _buffer.AsMemory((int)(at - _bufferStart) + FrameFormat.HeaderSize, length);
                return true;
            }

            (_brokenStart, _brokenEnd) = (at, at + frame);
            at += frame;
        }

        payload = default;
        return false;
    }

    /// <summary>Whether only zeros follow the last valid frame: a reserve, not a torn record.</summary>
    public bool EndsInZeros() => SkipZeros(Position) == Limit;

    /// <summary>
    /// Whether what follows the last valid frame is nothing, or what a process that ended within a write leaves: less than a frame, by what its header says,
    /// or zeros.
    /// </summary>
    public bool EndsTorn() => Limit - Position <= FrameFormat.HeaderSize || IsLongerThanRest() || EndsInZeros();

    public void Dispose()
    {
        _file.Dispose();
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private bool IsLongerThanRest() =>
        _format.ReadLength(Read(Position, FrameFormat.HeaderSize), Position, long.MaxValue) is var length && length > Limit - Position - FrameFormat.HeaderSize;

    // A frame's first byte can be 0, so the search goes on up to three bytes before the first that is not.
    private long SkipZeros(long from)
    {
        long at = from;
        while (at < Limit)
        {
            ReadOnlySpan<byte> bytes = Read(at, (int)Math.Min(PageBytes, Limit - at));
            int other = bytes.IndexOfAnyExcept((byte)0);
            if (other >= 0)
            {
                return Math.Max(from, at + other - (sizeof(uint) - 1));
            }

            at += bytes.Length;
        }

        return at;
    }

    private ReadOnlySpan<byte> Read(long position, int count)
    {
        if (position < _bufferStart || position + count > _bufferStart + _buffered)
        {
            Fill(position, count);
        }

        return _buffer.AsSpan((int)(position - _bufferStart), count);
    }

    private void Fill(long position, int count)
    {
        int wanted = (int)Math.Min(Math.Max(count, ChunkBytes), Limit - position);
        if (wanted > _buffer.Length)
        {
            byte[] old = _buffer;
            _buffer = ArrayPool<byte>.Shared.Rent(wanted);
            if (old.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(old);
            }
        }

        Span<byte> target = _buffer.AsSpan(0, wanted);
        int read = ReadOrZero(target, position);
        target[read..].Clear();
        _bufferStart = position;
        _buffered = wanted;
    }

    private int ReadOrZero(Span<byte> target, long position)
    {
        try
        {
            return _file.Read(target, position + _offset);
        }
        catch (IOException fault)
        {
            Fault ??= fault;

            // A bad sector costs the records that lie on it and no others.
            for (int i = 0; i < target.Length; i += PageBytes)
            {
                ReadPage(target[i..Math.Min(i + PageBytes, target.Length)], position + i);
            }

            return target.Length;
        }
    }

    private void ReadPage(Span<byte> page, long position)
    {
        int read = 0;
        try
        {
            read = _file.Read(page, position + _offset);
        }
        catch (IOException)
        {
            // Zeros are no frame, so the page shows up as damage.
            UnreadableEnd = Math.Max(UnreadableEnd, position + page.Length);
        }

        page[read..].Clear();
    }
}
