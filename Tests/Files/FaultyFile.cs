using TimeSeries.Core.Files;
using TimeSeries.Tests.Contract.Oracle;

namespace TimeSeries.Tests.Files;

/// <summary>An open file of a <see cref="FaultyFileSystem"/>.</summary>
internal sealed class FaultyFile(FaultyFileSystem files, string path, FileContent content, FileAccess access) : IFile
{
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
        long after = offset + buffers.Sum(buffer => (long)buffer.Length);

        // The zeros that may come behind.
        byte[] together = new byte[(after + DirectAppends.PageBytes - 1) / DirectAppends.PageBytes * DirectAppends.PageBytes - offset];
        int end = 0;
        foreach (ReadOnlyMemory<byte> buffer in buffers)
        {
            buffer.Span.CopyTo(together.AsSpan(end));
            end += buffer.Length;
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
    }

    private void ThrowIfReadOnly()
    {
        if (access == FileAccess.Read)
        {
            throw new UnauthorizedAccessException($"{path} is open for reading.");
        }
    }
}
