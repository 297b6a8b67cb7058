using TimeSeries.Core.Files;

namespace TimeSeries.Simulation.Disk;

/// <summary>An open file of a <see cref="FaultyFileSystem"/>.</summary>
internal sealed class FaultyFile(FaultyFileSystem files, string path, FileContent content, FileAccess access) : IFile
{
    private bool _isClosed;

    public string Path => path;

    public long Length => files.LengthOf(content);

    public int Read(Span<byte> buffer, long offset) => files.Read(path, content, buffer, offset);

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        ThrowIfReadOnly();
        files.Write(path, content, bytes, offset);
    }

    public void Append(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
    {
        ThrowIfReadOnly();
        byte[] together = new byte[buffers.Sum(buffer => buffer.Length)];
        int at = 0;
        foreach (ReadOnlyMemory<byte> buffer in buffers)
        {
            buffer.CopyTo(together.AsMemory(at));
            at += buffer.Length;
        }

        files.Write(path, content, together, offset);
    }

    public void BeginFlush(long offset, long length)
    {
        // What it promises is nothing.
    }

    public void DropCache(long offset, long length)
    {
        // Nor is this a promise.
    }

    public void Flush() => files.Flush(path, content);

    public void SetLength(long length)
    {
        ThrowIfReadOnly();
        files.SetLength(path, content, length);
    }

    public void Dispose()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            files.NoteClosed();
        }
    }

    private void ThrowIfReadOnly()
    {
        if (access == FileAccess.Read)
        {
            throw new UnauthorizedAccessException($"{path} is open for reading.");
        }
    }
}
