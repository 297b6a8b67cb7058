using System.Buffers;
using System.Runtime.CompilerServices;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Model;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>
/// Reads the parts of one block's file, each checked against its checksum when it comes from the disk. Thread safe.
/// Whatever is wrong comes out as <see cref="DamagedFileException"/> and is counted.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="blockId">The block's id, under which parts are kept.</param>
/// <param name="index">Where the parts lie.</param>
/// <param name="cache">Where parts are kept; null for a reader that reads each part once.</param>
/// <param name="instruments">Counters.</param>
internal sealed class BlockColumns(IFile file, long blockId, BlockIndex index, ChunkCache? cache, CoreInstruments instruments)
{
    private const int ObjectBytes = 64;

    public BlockIndex Index { get; } = index;

    /// <summary>The same for a reader that reads each part once: what it reads displaces nothing that queries use.</summary>
    public BlockColumns Uncached() => new(file, blockId, Index, null, instruments);

    /// <summary>Reads a chunk of a number column; false when every row is missing.</summary>
    public bool ReadNumbers(int column, int chunk, Span<long> into)
    {
        if (Index.Columns[column] is not { } numbers || numbers.Chunks[chunk].IsEmpty)
        {
            return false;
        }

        Extent extent = numbers.Chunks[chunk];
        using Part part = Read(extent);
        try
        {
            NumberCodec.Decode(part.Bytes, into);
            return true;
        }
        catch (InvalidDataException damage)
        {
            throw Damaged(file, extent.Offset, damage, instruments);
        }
    }

    /// <summary>Reads a chunk of a text column that has a dictionary; false when every row is missing.</summary>
    public bool ReadCodes(int column, int chunk, Span<int> into)
    {
        if (Index.Columns[column] is not { } texts || texts.Chunks[chunk].IsEmpty)
        {
            return false;
        }

        Extent extent = texts.Chunks[chunk];
        using Part part = Read(extent);
        try
        {
            CodeCodec.Decode(part.Bytes, texts.TextCount, into);
            return true;
        }
        catch (InvalidDataException damage)
        {
            throw Damaged(file, extent.Offset, damage, instruments);
        }
    }

    /// <summary>
    /// Reads a chunk of a text column without a dictionary: the codes mean the texts returned, which with a <paramref name="scratch"/> are gone
    /// when it is used again.
    /// </summary>
    public SymbolView ReadTexts(int column, int chunk, Span<int> into, TextScratch? scratch = null)
    {
        Extent extent = Index.Columns[column] is { } texts ? texts.Chunks[chunk] : default;
        if (extent.IsEmpty)
        {
            into.Fill(TextColumn.Missing);
            return SymbolView.Empty;
        }

        using Part part = Read(extent);
        try
        {
            return TextCodec.Decode(part.Bytes, into, scratch);
        }
        catch (InvalidDataException damage)
        {
            throw Damaged(file, extent.Offset, damage, instruments);
        }
    }

    /// <summary>Copies the texts of some rows, which ascend, of a chunk of a text column without a dictionary; only those are decoded.</summary>
    public void CopyTexts(int column, int chunk, ReadOnlySpan<int> from, TextColumn into, ReadOnlySpan<int> to)
    {
        Extent extent = Index.Columns[column]!.Chunks[chunk];
        using Part part = Read(extent);
        try
        {
            TextPick.Copy(part.Bytes, Index.Chunks[chunk].RowCount, from, into, to);
        }
        catch (InvalidDataException damage)
        {
            throw Damaged(file, extent.Offset, damage, instruments);
        }
    }

    /// <summary>Whether a chunk of a text column without a dictionary may hold a text; false is certain.</summary>
    public bool MayHold(int column, int chunk, ReadOnlySpan<byte> text)
    {
        Extent extent = Index.Columns[column] is { } texts ? texts.Chunks[chunk] : default;
        if (extent.IsEmpty)
        {
            return false;
        }

        using Part part = Read(extent);
        try
        {
            return TextPick.MayHold(part.Bytes, Index.Chunks[chunk].RowCount, text);
        }
        catch (InvalidDataException damage)
        {
            throw Damaged(file, extent.Offset, damage, instruments);
        }
    }

    /// <summary>The dictionary of a text column; empty when it has none. With a <paramref name="scratch"/> it is gone when that is used again.</summary>
    public SymbolView ReadDictionary(int column, TextScratch? scratch = null)
    {
        if (Index.Columns[column] is not { HasDictionary: true } texts)
        {
            return SymbolView.Empty;
        }

        if (cache?.Find<StrongBox<SymbolView>>(blockId, texts.Dictionary.Offset) is { } kept)
        {
            return kept.Value;
        }

        // Not kept as it is on disk: what is decoded is.
        using Part part = Rent(texts.Dictionary);
        try
        {
            Span<int> codes = scratch is null ? new int[texts.TextCount] : scratch.Codes(texts.TextCount);
            SymbolView symbols = TextCodec.Decode(part.Bytes, codes, scratch) with { Distinct = true };
            if (symbols.Count != texts.TextCount)
            {
                throw new InvalidDataException("a dictionary has too few texts");
            }

            cache?.Add(blockId, texts.Dictionary.Offset, new StrongBox<SymbolView>(symbols),
                symbols.Bytes.Length + symbols.Ends.Length * (long)sizeof(int) + ObjectBytes);
            return symbols;
        }
        catch (InvalidDataException damage)
        {
            throw Damaged(file, texts.Dictionary.Offset, damage, instruments);
        }
    }

    public Rollup ReadRollup(Extent extent)
    {
        if (cache?.Find<Rollup>(blockId, extent.Offset) is { } kept)
        {
            return kept;
        }

        using Part part = Rent(extent);
        try
        {
            Rollup rollup = Rollup.Read(part.Bytes[..^BitPacking.SlackBytes]);
            cache?.Add(blockId, extent.Offset, rollup, rollup.AllocatedBytes);
            return rollup;
        }
        catch (InvalidDataException damage)
        {
            throw Damaged(file, extent.Offset, damage, instruments);
        }
    }

    /// <summary>Opens a rollup to be read from its start.</summary>
    /// <param name="extent">Where it is.</param>
    /// <param name="into">Gets its bytes, which the cursor reads; at least as long.</param>
    public RollupCursor OpenRollup(Extent extent, byte[] into)
    {
        CheckPlace(file, extent, instruments);
        ReadChecked(file, extent, into, instruments);
        try
        {
            return new RollupCursor(into.AsMemory(0, extent.Length - BlockFormat.ChecksumBytes), damage => Damaged(file, extent.Offset, damage, instruments));
        }
        catch (InvalidDataException damage)
        {
            throw Damaged(file, extent.Offset, damage, instruments);
        }
    }

    /// <summary>The bytes of a part that is no chunk (the filter of alert ids).</summary>
    public ReadOnlySpan<byte> ReadPart(Extent extent)
    {
        byte[]? bytes = cache?.Find<byte[]>(blockId, extent.Offset);
        if (bytes is null)
        {
            bytes = ReadChecked(file, extent, instruments);
            cache?.Add(blockId, extent.Offset, bytes, bytes.Length);
        }

        return Payload(bytes);
    }

    /// <summary>Reads a part of a file and checks it: its payload and behind that <see cref="BitPacking.SlackBytes"/> of no meaning.</summary>
    public static byte[] ReadChecked(IFile file, Extent extent, CoreInstruments instruments)
    {
        CheckPlace(file, extent, instruments);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(LengthInMemory(extent));
        ReadChecked(file, extent, bytes, instruments);
        return bytes;
    }

    private static void CheckPlace(IFile file, Extent extent, CoreInstruments instruments)
    {
        try
        {
            if (extent.Length < BlockFormat.ChecksumBytes || extent.Offset < 0 || extent.Offset + extent.Length > file.Length)
            {
                throw new InvalidDataException("it lies outside of the file");
            }
        }
        catch (Exception damage) when (damage is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw Damaged(file, extent.Offset, damage, instruments);
        }
    }

    private static void ReadChecked(IFile file, Extent extent, Span<byte> bytes, CoreInstruments instruments)
    {
        int payload = extent.Length - BlockFormat.ChecksumBytes;
        try
        {
            if (file.Read(bytes[..extent.Length], extent.Offset) != extent.Length)
            {
                throw new InvalidDataException("the file ends too soon");
            }

            ByteReader checksum = new(bytes[payload..]);
            if (checksum.UInt32() != Crc32C.Of(bytes[..payload]))
            {
                throw new InvalidDataException("its checksum is wrong");
            }
        }
        catch (Exception damage) when (damage is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw Damaged(file, extent.Offset, damage, instruments);
        }
    }

    /// <summary>What a part that was read holds.</summary>
    public static ReadOnlySpan<byte> Payload(byte[] bytes) => bytes.AsSpan(0, bytes.Length - BitPacking.SlackBytes);

    public static DamagedFileException Damaged(IFile file, long offset, Exception damage, CoreInstruments instruments)
    {
        instruments.DamagedReads.Add(1);
        return new DamagedFileException(file.Path, offset, damage.Message, damage);
    }

    private static int LengthInMemory(Extent extent) => extent.Length - BlockFormat.ChecksumBytes + BitPacking.SlackBytes;

    private Part Read(Extent extent)
    {
        if (cache is null)
        {
            return Rent(extent);
        }

        if (cache.Find<byte[]>(blockId, extent.Offset) is { } kept)
        {
            return new Part(kept);
        }

        if (!cache.HasPlaceFor(LengthInMemory(extent)))
        {
            return Rent(extent);
        }

        byte[] bytes = ReadChecked(file, extent, instruments);
        cache.Add(blockId, extent.Offset, bytes, bytes.Length);
        return new Part(bytes);
    }

    private Part Rent(Extent extent)
    {
        CheckPlace(file, extent, instruments);
        Part part = Part.Rent(LengthInMemory(extent));
        ReadChecked(file, extent, part.Rented, instruments);
        return part;
    }

    /// <summary>A part's payload and the slack behind it: kept, or in memory that goes back when this is disposed.</summary>
    private readonly ref struct Part(ReadOnlySpan<byte> bytes)
    {
        private readonly byte[]? _rented;

        private Part(byte[] rented, int length)
            : this(rented.AsSpan(0, length)) => _rented = rented;

        public ReadOnlySpan<byte> Bytes { get; } = bytes;

        public Span<byte> Rented => _rented.AsSpan(0, Bytes.Length);

        public static Part Rent(int length) => new(ArrayPool<byte>.Shared.Rent(length), length);

        public void Dispose()
        {
            if (_rented is not null)
            {
                ArrayPool<byte>.Shared.Return(_rented);
            }
        }
    }
}
