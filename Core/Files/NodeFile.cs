using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using TimeSeries.Core.Hashing;

namespace TimeSeries.Core.Files;

/// <summary>
/// The file <c>node</c> of a data directory: header (own = length of the machine's name), the name in UTF-8, in version 2 then <c>from number i64 | node id
/// u64</c> for each <see cref="NodeSpan"/>, and the CRC-32C of all behind the header. Version 1 has no spans and is written where there are none.
/// </summary>
/// <param name="NodeId">The directory's id.</param>
/// <param name="Machine">The machine that it is on, as far as is remembered.</param>
/// <param name="Spans">Later ids, ascending.</param>
internal sealed record NodeFile(ulong NodeId, string Machine, ImmutableArray<NodeSpan> Spans)
{
    private const uint PlainVersion = 1;
    private const uint SpansVersion = 2;
    private const string Name = "node";
    private const int SpanBytes = 2 * sizeof(long);

    // Longer than any machine id; a damaged length must not make a large buffer.
    private const int MaxMachineBytes = 1_024;

    // Of a directory that moves every month in ten years; the log has long forgotten the numbers of older ones.
    private const int MaxSpans = 120;

    private static uint Magic => FileHeader.MagicOf("TSND"u8);

    public static string PathIn(string directory) => Path.Combine(directory, Name);

    /// <summary>Reads the file; null when there is none or its header is damaged.</summary>
    /// <exception cref="UnknownFormatException">It is of another version, or its spans are damaged: guessing them could write over points of another
    /// node.</exception>
    public static NodeFile? Read(IFileSystem files, string directory)
    {
        string path = PathIn(directory);
        if (!files.Exists(path))
        {
            return null;
        }

        using IFile file = files.Open(path, FileAccess.Read);
        byte[] bytes = new byte[FileHeader.Size + MaxMachineBytes + MaxSpans * SpanBytes + sizeof(uint)];
        int length = file.Read(bytes, 0);
        if (!FileHeader.TryRead(bytes.AsSpan(0, length), out FileHeader header))
        {
            return null;
        }

        bool hasSpans = header.Version == SpansVersion;
        header.Require(path, Magic, hasSpans ? SpansVersion : PlainVersion, header.NodeId);
        ReadOnlySpan<byte> rest = bytes.AsSpan(FileHeader.Size, length - FileHeader.Size);
        int textBytes = header.Own <= MaxMachineBytes ? (int)header.Own : 0;
        int checkedBytes = hasSpans ? rest.Length - sizeof(uint) : textBytes;
        bool whole = checkedBytes >= textBytes && rest.Length >= checkedBytes + sizeof(uint) && (checkedBytes - textBytes) % SpanBytes == 0
            && BinaryPrimitives.ReadUInt32LittleEndian(rest[checkedBytes..]) == Crc32C.Of(rest[..checkedBytes]);
        if (hasSpans && !whole)
        {
            throw new UnknownFormatException(path, "is damaged behind its header, and later ids of the node stood there.");
        }

        return new NodeFile(header.NodeId, whole ? Encoding.UTF8.GetString(rest[..textBytes]) : "", whole ? ReadSpans(rest[textBytes..checkedBytes]) : []);
    }

    /// <summary>Replaces the file in one step; it is on stable storage when this returns.</summary>
    /// <exception cref="IOException">It can't be written; the old one stays.</exception>
    public void Write(IFileSystem files, string directory)
    {
        byte[] text = Encoding.UTF8.GetBytes(Machine);
        text = text.Length <= MaxMachineBytes ? text : text[..MaxMachineBytes];
        ReadOnlySpan<NodeSpan> spans = Spans.AsSpan()[^Math.Min(Spans.Length, MaxSpans)..];
        byte[] bytes = new byte[FileHeader.Size + text.Length + spans.Length * SpanBytes + sizeof(uint)];
        new FileHeader(Magic, spans.IsEmpty ? PlainVersion : SpansVersion, NodeId, (ulong)text.Length).Write(bytes);
        Span<byte> rest = bytes.AsSpan(FileHeader.Size);
        text.CopyTo(rest);
        for (int i = 0; i < spans.Length; i++)
        {
            Span<byte> at = rest[(text.Length + i * SpanBytes)..];
            BinaryPrimitives.WriteInt64LittleEndian(at, spans[i].FromNumber);
            BinaryPrimitives.WriteUInt64LittleEndian(at[sizeof(long)..], spans[i].NodeId);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(rest[^sizeof(uint)..], Crc32C.Of(rest[..^sizeof(uint)]));
        files.Replace(PathIn(directory), bytes);
    }

    private static ImmutableArray<NodeSpan> ReadSpans(ReadOnlySpan<byte> bytes)
    {
        ImmutableArray<NodeSpan>.Builder spans = ImmutableArray.CreateBuilder<NodeSpan>(bytes.Length / SpanBytes);
        for (; !bytes.IsEmpty; bytes = bytes[SpanBytes..])
        {
            spans.Add(new NodeSpan(BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(long)..])));
        }

        return spans.MoveToImmutable();
    }
}

/// <summary>From which sequence number on the samples of a directory belong to a node of another id than the directory's own.</summary>
/// <param name="FromNumber">The first such number.</param>
/// <param name="NodeId">Random 64 bits.</param>
public readonly record struct NodeSpan(long FromNumber, ulong NodeId);
