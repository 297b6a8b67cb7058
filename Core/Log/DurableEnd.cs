using TimeSeries.Core.Files;

namespace TimeSeries.Core.Log;

/// <summary>
/// A position through which the log is durable, as it was noted last: when the log was closed, when it forgot something, when there was no note. The file
/// <c>log.end</c> beside the log's directory is a header whose own number is the position. A log that ends before it has lost something.
/// </summary>
internal static class DurableEnd
{
    private const uint Version = 1;
    private const string Extension = ".end";
    private const string TemporarySuffix = ".new";

    private static uint Magic => FileHeader.MagicOf("TSLE"u8);

    public static string PathFor(string logDirectory) => Path.GetFullPath(logDirectory) + Extension;

    /// <summary>Reads the note; null when there is none. One that can't be read is reported, and is none.</summary>
    /// <exception cref="UnknownFormatException">It is of another format version or another node.</exception>
    public static long? Read(IFileSystem files, string logDirectory, ulong nodeId, DamageRegister register)
    {
        string path = PathFor(logDirectory);
        if (!files.Exists(path))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[FileHeader.Size];
        using IFile file = files.Open(path, FileAccess.Read);
        try
        {
            int read = file.Read(bytes, 0);
            if (FileHeader.TryRead(bytes[..read], out FileHeader header))
            {
                header.Require(path, Magic, Version, nodeId);
                return (long)header.Own;
            }
        }
        catch (IOException fault) when (fault is not UnknownFormatException)
        {
            // Told below, like a wrong checksum.
        }

        register.Report(new FoundDamage(
            StoredFile.Wal, path, 0, "it can't be read", "Nothing is lost. Whether the WAL's last records are missing can't be told this time."));
        return null;
    }

    /// <summary>Replaces the note in one step; it is on stable storage when this returns.</summary>
    /// <exception cref="IOException">It can't be written; the old one stays.</exception>
    public static void Write(IFileSystem files, string logDirectory, ulong nodeId, long position)
    {
        Span<byte> bytes = stackalloc byte[FileHeader.Size];
        new FileHeader(Magic, Version, nodeId, (ulong)position).Write(bytes);
        string path = PathFor(logDirectory);
        using (IFile file = files.Create(path + TemporarySuffix))
        {
            file.Write(bytes, 0);
            file.Flush();
        }

        files.Move(path + TemporarySuffix, path);
        files.FlushDirectory(Path.GetDirectoryName(path)!);
    }
}
