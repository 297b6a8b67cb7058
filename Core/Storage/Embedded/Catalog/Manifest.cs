using System.Collections.Immutable;
using System.Globalization;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;

namespace TimeSeries.Core.Storage.Embedded.Catalog;

/// <summary>
/// The list of the store's blocks, and the log position through which they hold everything. It is replaced as a whole, in one step.
/// See docs/format/block.md for the layout. Immutable.
/// </summary>
internal sealed record Manifest
{
    private const uint Version = 1;
    private const int MaxBytes = 1 << 30;

    private static ReadOnlySpan<byte> Magic => "TSMANIF\n"u8;

    public LogPosition StoredThrough { get; init; }

    /// <summary>The greatest sequence number that is or was in a block; −1 when there was none.</summary>
    public long GreatestNumber { get; init; } = -1;

    /// <summary>Every block so far has a smaller id.</summary>
    public long NextBlockId { get; init; } = 1;

    public ImmutableArray<BlockEntry> Blocks { get; init; } = [];

    /// <summary>Sections of blocks that are in quarantine: what queries miss. Earlier versions pass over them.</summary>
    public ImmutableArray<LostSection> Lost { get; init; } = [];

    /// <summary>Reads a manifest; null when the file is empty.</summary>
    /// <exception cref="DamagedFileException">It is not whole, or of another node.</exception>
    /// <exception cref="UnknownFormatException">It is whole, and of another version.</exception>
    public static Manifest? Read(IFileSystem files, string path, ulong nodeId)
    {
        using IFile file = files.Open(path, FileAccess.Read);
        if (file.Length is 0 or > MaxBytes)
        {
            return file.Length == 0 ? null : throw new DamagedFileException(path, 0, "it is too long for a manifest");
        }

        byte[] bytes = new byte[file.Length];
        if (file.Read(bytes, 0) != bytes.Length)
        {
            throw new DamagedFileException(path, 0, "it is shorter than it says");
        }

        try
        {
            return Parse(path, bytes, nodeId);
        }
        catch (InvalidDataException damage)
        {
            throw new DamagedFileException(path, 0, damage.Message, damage);
        }
    }

    /// <summary>Replaces the manifest. When this throws, either the old or the new one is on disk.</summary>
    public void Write(IFileSystem files, string path, ulong nodeId) => files.Replace(path, ToBytes(nodeId).Span, ".tmp");

    /// <summary>The manifest as a file.</summary>
    public ReadOnlyMemory<byte> ToBytes(ulong nodeId)
    {
        ByteWriter bytes = new();
        bytes.Bytes(Magic);
        bytes.UInt32(Version);
        bytes.UInt64(nodeId);
        bytes.Int64(StoredThrough.Offset);
        bytes.Int64(GreatestNumber);
        bytes.Int64(NextBlockId);
        bytes.Varint((ulong)Blocks.Length);
        foreach (BlockEntry block in Blocks)
        {
            WriteBlock(block, bytes);
        }

        WriteLost(bytes);
        bytes.UInt32(Crc32C.Of(bytes.Written));
        return bytes.Written.ToArray();
    }

    private void WriteLost(ByteWriter to)
    {
        if (Lost.IsEmpty)
        {
            return;
        }

        to.Varint((ulong)Lost.Length);
        foreach (LostSection lost in Lost)
        {
            to.Varint((ulong)lost.BlockId);
            to.Byte((byte)lost.Kind);
            to.Byte(lost.Pcode is null ? (byte)0 : (byte)1);
            to.Signed(lost.Pcode ?? 0);
            to.Varint((ulong)lost.RowCount);
            to.Signed(lost.FirstTime);
            to.Varint((ulong)(lost.LastTime - lost.FirstTime));
        }
    }

    private static ImmutableArray<LostSection> ReadLost(string path, ref ByteReader reader)
    {
        ImmutableArray<LostSection>.Builder sections = ImmutableArray.CreateBuilder<LostSection>(reader.Count());
        for (int i = 0; i < sections.Capacity; i++)
        {
            long id = (long)reader.Varint();
            Kind kind = ReadKind(path, ref reader);
            bool hasPcode = reader.Byte() != 0;
            long pcode = reader.Signed();
            long rows = (long)reader.Varint();
            long firstTime = reader.Signed();
            sections.Add(new LostSection(id, kind, hasPcode ? pcode : null, rows, firstTime, firstTime + (long)reader.Varint()));
        }

        return sections.MoveToImmutable();
    }

    private static Kind ReadKind(string path, ref ByteReader reader)
    {
        byte kind = reader.Byte();
        return kind < SampleSchema.All.Length
            ? (Kind)kind
            : throw new UnknownFormatException(path, "names blocks of a kind that this program does not know. Start the version that wrote it.");
    }

    private static void WriteBlock(BlockEntry block, ByteWriter to)
    {
        to.Varint((ulong)block.Id);
        to.Byte((byte)block.Kind);
        to.Varint((ulong)block.Bytes);
        to.Varint((ulong)block.RowCount);
        to.Signed(block.FirstTime);
        to.Varint((ulong)(block.LastTime - block.FirstTime));
        to.Signed(block.FirstNumber);
        to.Varint((ulong)(block.LastNumber - block.FirstNumber));
        to.Varint((ulong)block.ProjectCount);
    }

    private static Manifest Parse(string path, ReadOnlySpan<byte> bytes, ulong nodeId)
    {
        ByteReader reader = new(bytes);
        if (!reader.Take(Magic.Length).SequenceEqual(Magic))
        {
            throw new InvalidDataException("it is no manifest");
        }

        ByteReader checksum = new(bytes[^BlockFormat.ChecksumBytes..]);
        if (checksum.UInt32() != Crc32C.Of(bytes[..^BlockFormat.ChecksumBytes]))
        {
            throw new InvalidDataException("its checksum is wrong");
        }

        // It is whole, so a version that is unknown is no damage.
        uint version = reader.UInt32();
        if (version != Version)
        {
            throw new UnknownFormatException(path, string.Create(
                CultureInfo.InvariantCulture, $"has format version {version}; this program reads version {Version}. Start the version that wrote it."));
        }

        if (reader.UInt64() != nodeId)
        {
            throw new InvalidDataException("it belongs to another node");
        }

        LogPosition storedThrough = new(reader.Int64());
        long greatestNumber = reader.Int64();
        long nextBlockId = reader.Int64();
        ImmutableArray<BlockEntry>.Builder blocks = ImmutableArray.CreateBuilder<BlockEntry>(reader.Count());
        for (int i = 0; i < blocks.Capacity; i++)
        {
            blocks.Add(ReadBlock(path, ref reader));
        }

        return new Manifest
        {
            StoredThrough = storedThrough,
            GreatestNumber = greatestNumber,
            NextBlockId = nextBlockId,
            Blocks = blocks.MoveToImmutable(),
            Lost = reader.Remaining > BlockFormat.ChecksumBytes ? ReadLost(path, ref reader) : [],
        };
    }

    private static BlockEntry ReadBlock(string path, ref ByteReader reader)
    {
        long id = (long)reader.Varint();
        Kind kind = ReadKind(path, ref reader);
        long bytes = (long)reader.Varint();
        long rows = (long)reader.Varint();
        long firstTime = reader.Signed();
        long lastTime = firstTime + (long)reader.Varint();
        long firstNumber = reader.Signed();
        long lastNumber = firstNumber + (long)reader.Varint();
        return new BlockEntry
        {
            Id = id,
            Kind = kind,
            Bytes = bytes,
            RowCount = rows,
            FirstTime = firstTime,
            LastTime = lastTime,
            FirstNumber = firstNumber,
            LastNumber = lastNumber,
            ProjectCount = reader.Size(),
        };
    }
}

/// <summary>A block as the manifest names it. Immutable.</summary>
internal sealed record BlockEntry
{
    public required long Id { get; init; }

    public required Kind Kind { get; init; }

    /// <summary>Length of the file.</summary>
    public required long Bytes { get; init; }

    public required long RowCount { get; init; }

    public required long FirstTime { get; init; }

    public required long LastTime { get; init; }

    /// <summary>The least sequence number.</summary>
    public required long FirstNumber { get; init; }

    /// <summary>The greatest sequence number.</summary>
    public required long LastNumber { get; init; }

    public required int ProjectCount { get; init; }

    public string FileName => BlockFormat.FileName(Kind, Id);
}

/// <summary>Samples of one project that a block in quarantine has.</summary>
/// <param name="BlockId">The block's id.</param>
/// <param name="Kind">Their kind.</param>
/// <param name="Pcode">The project; null when the block does not tell how many are of which.</param>
/// <param name="RowCount">How many there are.</param>
/// <param name="FirstTime">The time of the first, in ms.</param>
/// <param name="LastTime">The time of the last, in ms.</param>
internal sealed record LostSection(long BlockId, Kind Kind, long? Pcode, long RowCount, long FirstTime, long LastTime)
{
    public string FileName => BlockFormat.FileName(Kind, BlockId);
}
