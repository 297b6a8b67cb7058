namespace TimeSeries.Core.Files;

/// <summary>One open file. Reads are positional and thread safe; writes are its owner's. Faults come out as <see cref="IOException"/>.</summary>
public interface IFile : IDisposable
{
    string Path { get; }

    long Length { get; }

    /// <summary>Reads from an offset until the buffer is full or the file ends; returns the bytes read.</summary>
    int Read(Span<byte> buffer, long offset);

    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Writes several buffers, each behind the one before it, in one call.</summary>
    void Append(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset);

    /// <summary>Has the system begin to write a part to the disk, where it can, so that a later <see cref="Flush"/> has less to do. Promises nothing.</summary>
    void BeginFlush(long offset, long length);

    /// <summary>Tells the system that a part will not be read again, so that it may let go of what it keeps of it in memory. Promises nothing.</summary>
    void DropCache(long offset, long length);

    /// <summary>Returns when everything written, and the length, is on stable storage. After a failure what was written is unknown.</summary>
    void Flush();

    void SetLength(long length);
}
