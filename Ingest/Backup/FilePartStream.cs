using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Ingest.Backup;

/// <summary>Reads the beginning of a file once, from its start to the end of the part, on workers of the thread pool.</summary>
internal sealed class FilePartStream(IFile file, long bytes) : Stream
{
    private long _position;

    /// <summary>CRC-32C of what was read.</summary>
    public uint Checksum { get; private set; }

    public override bool CanRead => true;

    /// <inheritdoc/>
    /// <remarks>Only so that its length counts; it goes forward.</remarks>
    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => bytes;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, bytes - _position);
        int read = wanted > 0 ? file.Read(buffer[..wanted], _position) : 0;
        if (read < wanted)
        {
            throw new EndOfStreamException($"{file.Path} is shorter than it should be.");
        }

        Checksum = Crc32C.Of(buffer[..read], Checksum);
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Whoever received the acknowledgement of the last bytes may be a thread that receives for others too.
        await WorkerThread.Switch;
        return Read(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
