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
