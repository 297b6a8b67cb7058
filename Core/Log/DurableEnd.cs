using System.Buffers.Binary;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;

namespace TimeSeries.Core.Log;

/// <summary>
/// A position through which the log is durable, as it was noted last: when the log was closed, when it forgot something, when there was no note. The file
/// <c>log.end</c> beside the log's directory is a header whose own number is the position, then a number of the appender's (i64) and its CRC-32C. A log that
/// ends before it has lost something.
/// </summary>
internal static class DurableEnd
{
    private const uint Version = 1;
    private const string Extension = ".end";
    private const int Size = FileHeader.Size + sizeof(long) + sizeof(uint);

    private static uint Magic => FileHeader.MagicOf("TSLE"u8);

    public static string PathFor(string logDirectory) => Path.GetFullPath(logDirectory) + Extension;

    /// <summary>Reads the note; null when there is none. One that can't be read is reported, and is none.</summary>
    /// <exception cref="UnknownFormatException">It is of another format version or another node.</exception>
    public static NotedEnd? Read(IFileSystem files, string logDirectory, ulong nodeId, DamageRegister register)
    {
        string path = PathFor(logDirectory);
        if (!files.Exists(path))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[Size];
        using IFile file = files.Open(path, FileAccess.Read);
        try
        {
            int read = file.Read(bytes, 0);
            if (FileHeader.TryRead(bytes[..read], out FileHeader header))
            {
                header.Require(path, Magic, Version, nodeId);
                Span<byte> body = bytes[FileHeader.Size..];
                bool isWhole = read == Size && BinaryPrimitives.ReadUInt32LittleEndian(body[sizeof(long)..]) == Crc32C.Of(body[..sizeof(long)]);
                return isWhole ? new NotedEnd((long)header.Own, BinaryPrimitives.ReadInt64LittleEndian(body)) : Damaged((long)header.Own);
            }
        }
        catch (IOException fault) when (fault is not UnknownFormatException)
        {
            // Told below, like a wrong checksum.
        }

        return Damaged(NotedEnd.Nowhere);

        NotedEnd? Damaged(long position)
        {
            register.Report(new FoundDamage(
                StoredFile.Wal, path, 0, "it can't be read", "Nothing is lost. Whether the WAL's last records are missing can't be told this time."));
            return position == NotedEnd.Nowhere ? null : new NotedEnd(position, 0);
        }
    }

    /// <summary>Replaces the note in one step; it is on stable storage when this returns.</summary>
    /// <exception cref="IOException">It can't be written; the old one stays.</exception>
    public static void Write(IFileSystem files, string logDirectory, ulong nodeId, NotedEnd end) =>
        files.Replace(PathFor(logDirectory), ToBytes(nodeId, end));

    /// <summary>The note as a file.</summary>
    public static byte[] ToBytes(ulong nodeId, NotedEnd end)
    {
        byte[] bytes = new byte[Size];
        new FileHeader(Magic, Version, nodeId, (ulong)end.Position).Write(bytes);
        Span<byte> body = bytes.AsSpan(FileHeader.Size);
        BinaryPrimitives.WriteInt64LittleEndian(body, end.Number);
        BinaryPrimitives.WriteUInt32LittleEndian(body[sizeof(long)..], Crc32C.Of(body[..sizeof(long)]));
        return bytes;
    }
}

/// <summary>Where the log ended when that was noted, and a number of the appender's that belongs to it.</summary>
/// <param name="Position">The position behind the last record.</param>
/// <param name="Number">The number; 0 when it is not known.</param>
public readonly record struct NotedEnd(long Position, long Number)
{
    /// <summary>The position of no note.</summary>
    public const long Nowhere = -1;
}
