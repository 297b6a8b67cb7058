namespace TimeSeries.Core.Files;

/// <summary>
/// The seam to the disk, so that tests can tear writes, fail flushes, fill the disk and count calls. Thread safe.
/// Faults come out as <see cref="IOException"/> (or <see cref="UnauthorizedAccessException"/> from the real one).
/// </summary>
public interface IFileSystem
{
    void CreateDirectory(string path);

    /// <summary>Full paths of the files in a directory, in ordinal order; empty when there is no such directory.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Full paths of the folders in a directory, in ordinal order; empty when there is no such directory.</summary>
    IReadOnlyList<string> Folders(string directory);

    bool Exists(string path);

    /// <summary>Makes a new file, or empties an old one, for reading and writing; its blocks are reserved where the system can.</summary>
    IFile Create(string path, long reserveBytes = 0);

    /// <summary>Opens an existing file.</summary>
    IFile Open(string path, FileAccess access);

    /// <summary>Renames a file, replacing what has the new name, in one step.</summary>
    void Move(string from, string to);

    void Delete(string path);

    /// <summary>Returns when names made, changed or deleted in the directory are on stable storage.</summary>
    void FlushDirectory(string path);

    /// <summary>Takes the directory for this process until disposed; null when another process has it.</summary>
    IDisposable? TryLock(string path);

    /// <summary>Bytes free for this process on the disk that holds the path.</summary>
    long FreeBytes(string path);
}

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
