using System.Buffers.Binary;
using System.Globalization;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Format;

/// <summary>Header and trailer of a block file. See docs/format/block.md.</summary>
internal static class BlockFormat
{
    /// <summary>The version that is written. Version 1 has no groups with outliers, version 2 no filters of texts; both are read too.</summary>
    public const uint Version = 3;

    /// <summary>The oldest version that is read.</summary>
    public const uint OldestVersion = 1;

    public const int HeaderBytes = 24;
    public const int TrailerBytes = 24;
    public const int ChecksumBytes = 4;

    // Offset in the header.
    private const int VersionAt = 8;

    /// <summary>Most rows of a chunk: decoded it fits the cache of a core, and a query for a minute reads little more than the minute.</summary>
    public const int MaxChunkRows = 16_384;

    /// <summary>Texts of a part of a dictionary, which is read by itself: as many as a chunk has at most.</summary>
    public const int DictionaryPartTexts = MaxChunkRows;

    // Chunks of long texts get fewer rows, so that none takes much more memory than this.
    private const long ChunkBytes = 16L << 20;
    private const int MinChunkRows = 256;

    private static ReadOnlySpan<byte> Magic => "TSBLOCK\n"u8;

    private static ReadOnlySpan<byte> EndMagic => "TSBLKEND"u8;

    /// <summary>Rows of a chunk where a row takes so many bytes.</summary>
    public static int ChunkRows(long bytesPerRow)
    {
        int rows = MaxChunkRows;
        while (rows > MinChunkRows && rows * bytesPerRow > ChunkBytes)
        {
            rows /= 2;
        }

        return rows;
    }

    public static string FileName(Kind kind, long id) =>
        string.Create(CultureInfo.InvariantCulture, $"{SampleSchema.Of(kind).Name}-{id:x16}.block");

    /// <summary>The kind and id that a file's name tells; false when it is no block's name.</summary>
    public static bool TryParseName(string path, out Kind kind, out long id)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        int dash = name.LastIndexOf('-');
        KindSchema? schema = dash > 0 ? SampleSchema.Find(name[..dash]) : null;
        kind = schema?.Kind ?? default;
        return long.TryParse(name.AsSpan(dash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id)
            && schema is not null && Path.GetFileName(path) == FileName(kind, id);
    }

    public static void WriteHeader(ByteWriter to, Kind kind, ulong nodeId)
    {
        to.Bytes(Magic);
        to.UInt32(Version);
        to.UInt32((uint)kind);
        to.UInt64(nodeId);
    }

    public static void CheckHeader(ReadOnlySpan<byte> header, Kind kind, ulong nodeId)
    {
        ByteReader reader = new(header);
        if (!reader.Take(Magic.Length).SequenceEqual(Magic))
        {
            throw new InvalidDataException("it is no block file");
        }

        uint version = reader.UInt32();
        if (version is < OldestVersion or > Version)
        {
            throw new InvalidDataException(
                string.Create(CultureInfo.InvariantCulture, $"its format version is {version}, this program knows {Version}"));
        }

        if (reader.UInt32() != (uint)kind)
        {
            throw new InvalidDataException("it holds another kind than the manifest says");
        }

        if (reader.UInt64() != nodeId)
        {
            throw new InvalidDataException("it belongs to another node");
        }
    }

    public static void WriteTrailer(ByteWriter to, Extent footer)
    {
        to.Int64(footer.Offset);
        to.Int32(footer.Length);
        to.UInt32(0);
        to.Bytes(EndMagic);
    }

    public static Extent ReadTrailer(ReadOnlySpan<byte> trailer)
    {
        long offset = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        int length = BinaryPrimitives.ReadInt32LittleEndian(trailer[sizeof(long)..]);
        return trailer.EndsWith(EndMagic) && offset >= HeaderBytes && length > 0
            ? new Extent(offset, length)
            : throw new InvalidDataException("its end is missing");
    }

    /// <summary>Whether a header that is refused differs in one byte from what a version that is read would have written.</summary>
    public static bool IsNearlyHeader(ReadOnlySpan<byte> header, Kind kind, ulong nodeId)
    {
        ByteWriter expected = new();
        WriteHeader(expected, kind, nodeId);
        int differences = 0;
        for (int i = 0; i < HeaderBytes; i++)
        {
            bool isOlder = i == VersionAt && header[i] is >= (byte)OldestVersion and <= (byte)Version;
            differences += header[i] == expected.Written[i] || isOlder ? 0 : 1;
        }

        return differences == 1;
    }

    /// <summary>Where the footer may be: it ends where the trailer begins, so each of the trailer's numbers tells it.</summary>
    public static IEnumerable<Extent> PossibleFooters(ReadOnlySpan<byte> trailer, long trailerOffset)
    {
        long offset = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        int length = BinaryPrimitives.ReadInt32LittleEndian(trailer[sizeof(long)..]);
        Extent[] candidates =
        [
            new(offset, (int)Math.Clamp(trailerOffset - offset, 0, int.MaxValue)),
            new(trailerOffset - length, length),
        ];
        return candidates.Where(footer => footer.Offset >= HeaderBytes && footer.Length > ChecksumBytes && footer.Offset + footer.Length == trailerOffset);
    }

    /// <summary>Whether a trailer is what is written for a footer.</summary>
    public static bool IsTrailer(ReadOnlySpan<byte> trailer, Extent footer) =>
        trailer.EndsWith(EndMagic) && BinaryPrimitives.ReadInt64LittleEndian(trailer) == footer.Offset
        && BinaryPrimitives.ReadInt32LittleEndian(trailer[sizeof(long)..]) == footer.Length;
}
