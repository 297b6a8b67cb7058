namespace TimeSeries.Ingest.Receive;

/// <summary>
/// A body, and something put behind it, as a stream for a decoder; tells whether the decoder wanted more than there is. The body's last byte is read alone:
/// a decoder that is done without it was given more than its data.
/// </summary>
internal sealed class BodyStream(ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> tail) : Stream
{
    private int _position;

    /// <summary>The decoder read on at the end.</summary>
    public bool EndWasRead { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => body.Length + tail.Length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        ReadOnlyMemory<byte> rest = _position < body.Length - 1 ? body[_position..^1]
            : _position < body.Length ? body[_position..]
            : tail[(_position - body.Length)..];
        int count = Math.Min(rest.Length, buffer.Length);
        rest.Span[..count].CopyTo(buffer);
        _position += count;
        EndWasRead |= count == 0;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
