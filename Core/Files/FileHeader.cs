using System.Buffers.Binary;
using TimeSeries.Core.Hashing;

namespace TimeSeries.Core.Files;

/// <summary>
/// The first 32 bytes of every file of the data directory: magic, format version, node id, one number of the file's own, CRC-32C; little endian.
/// </summary>
/// <param name="Magic">Four ASCII letters that say what the file is, as a little-endian number (see <see cref="MagicOf"/>).</param>
/// <param name="Version">The format version of this kind of file.</param>
/// <param name="NodeId">The node that wrote it.</param>
/// <param name="Own">What the kind of file needs to know early: where a segment starts, how long a text is; else 0.</param>
public readonly record struct FileHeader(uint Magic, uint Version, ulong NodeId, ulong Own = 0)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 32;

    private const int CheckedBytes = 24;

    /// <summary>The magic of four ASCII letters.</summary>
    public static uint MagicOf(ReadOnlySpan<byte> letters) => BinaryPrimitives.ReadUInt32LittleEndian(letters);

    public void Write(Span<byte> destination)
    {
        destination[..Size].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], NodeId);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], Own);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[CheckedBytes..], Crc32C.Of(destination[..CheckedBytes]));
    }

    /// <summary>Reads a header; false when it is short or damaged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out FileHeader header)
    {
        header = default;
        if (source.Length < Size || BinaryPrimitives.ReadUInt32LittleEndian(source[CheckedBytes..]) != Crc32C.Of(source[..CheckedBytes]))
        {
            return false;
        }

        header = new FileHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(source),
            BinaryPrimitives.ReadUInt32LittleEndian(source[4..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[16..]));
        return true;
    }

    /// <summary>Refuses a whole header that is not of the given kind, version and node, saying why.</summary>
    /// <exception cref="UnknownFormatException">The header differs.</exception>
    public void Require(string path, uint magic, uint version, ulong nodeId)
    {
        if (Magic != magic)
        {
            throw new UnknownFormatException(path, "is another kind of file than its name says.");
        }

        if (Version != version)
        {
            throw new UnknownFormatException(path, $"has format version {Version}; this program reads version {version}.");
        }

        if (NodeId != nodeId)
        {
            throw new UnknownFormatException(path, $"was written by node {NodeId:x16}, but this directory belongs to node {nodeId:x16}.");
        }
    }
}

/// <summary>
/// A file is whole but not for this program: another format version, another node's, or not of the kind it should be. It is left as it is.
/// </summary>
public sealed class UnknownFormatException : IOException
{
    public UnknownFormatException()
    {
    }

    public UnknownFormatException(string message)
        : base(message)
    {
    }

    public UnknownFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public UnknownFormatException(string path, string reason)
        : base($"{path}: {reason}") => Path = path;

    /// <summary>The file that is refused.</summary>
    public string Path { get; } = "";
}
