using System.Buffers;
using System.Runtime.CompilerServices;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Codecs;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Reading;

/// <summary>Decodes the parts of one block. Thread safe. Whatever is wrong comes out as <see cref="DamagedFileException"/> and is counted.</summary>
/// <param name="parts">The file.</param>
/// <param name="blockId">The block's id, under which parts are kept.</param>
/// <param name="index">Where the parts lie.</param>
/// <param name="cache">Where parts are kept; null for a reader that reads each part once.</param>
internal sealed class BlockReader(ChecksummedReader parts, long blockId, BlockIndex index, ChunkCache? cache)
{
    private const int ObjectBytes = 64;

    public BlockIndex Index { get; } = index;

    /// <summary>The same for a reader that reads each part once: what it reads displaces nothing that queries use.</summary>
    public BlockReader Uncached() => new(parts, blockId, Index, null);

    /// <summary>Reads a chunk of a number column; false when every row is missing.</summary>
    public bool ReadNumbers(int column, int chunk, Span<long> into) => ReadNumbers(column, chunk, into, RunMask.All);

    /// <summary>Reads the wanted rows of a chunk of a number column; other rows get any number. False when every row is missing.</summary>
    public bool ReadNumbers(int column, int chunk, Span<long> into, RunMask wanted)
    {
        if (Index.Columns[column] is not { } numbers || numbers.Chunks[chunk].IsEmpty)
        {
            return false;
        }

        Extent extent = numbers.Chunks[chunk];
        using BlockBuffer part = Read(extent);
        try
        {
            if (part.Payload.StartsWith(ByCodeCodec.Form))
            {
                ReadByCode(column, chunk, part.Payload, into);
            }
            else
            {
                NumberDecoder.Decode(part.Bytes, into, wanted);
            }

            return true;
        }
        catch (InvalidDataException damage)
        {
            throw parts.Damaged(extent.Offset, damage);
        }
    }

    /// <summary>Reads a chunk of a text column that has a dictionary; false when every row is missing.</summary>
    public bool ReadCodes(int column, int chunk, Span<int> into) => ReadCodes(column, chunk, into, RunMask.All);

    /// <summary>Reads the wanted rows of a chunk of a text column; other rows get anything. False when every row is missing.</summary>
    public bool ReadCodes(int column, int chunk, Span<int> into, RunMask wanted)
    {
        if (Index.Columns[column] is not { } texts || texts.Chunks[chunk].IsEmpty)
        {
            return false;
        }

        Extent extent = texts.Chunks[chunk];
        using BlockBuffer part = Read(extent);
        try
        {
            DictionaryIndexCodec.Decode(part.Bytes, texts.TextCount, into, wanted);
            return true;
        }
        catch (InvalidDataException damage)
        {
            throw parts.Damaged(extent.Offset, damage);
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

        using BlockBuffer part = Read(extent);
        try
        {
            return TextCodec.Decode(part.Bytes, into, scratch);
        }
        catch (InvalidDataException damage)
        {
            throw parts.Damaged(extent.Offset, damage);
        }
    }

    /// <summary>Copies the texts of some rows, which ascend, of a chunk of a text column without a dictionary; only those are decoded.</summary>
    public void CopyTexts(int column, int chunk, ReadOnlySpan<int> from, TextColumn into, ReadOnlySpan<int> to)
    {
        Extent extent = Index.Columns[column]!.Chunks[chunk];
        using BlockBuffer part = Read(extent);
        try
        {
            TextChunkProbe.Copy(part.Bytes, Index.Chunks[chunk].RowCount, from, into, to);
        }
        catch (InvalidDataException damage)
        {
            throw parts.Damaged(extent.Offset, damage);
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

        using BlockBuffer part = Read(extent);
        try
        {
            return TextChunkProbe.MayHold(part.Bytes, Index.Chunks[chunk].RowCount, text);
        }
        catch (InvalidDataException damage)
        {
            throw parts.Damaged(extent.Offset, damage);
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
        using BlockBuffer part = parts.Rent(texts.Dictionary);
        try
        {
            Span<int> codes = scratch is null ? new int[texts.TextCount] : scratch.Codes(texts.TextCount);
            SymbolView symbols = TextCodec.Decode(part.Bytes, codes, scratch) with { Distinct = true };
            if (symbols.Count != texts.TextCount)
            {
                throw new InvalidDataException("a dictionary has too few texts");
            }

            cache?.AddDecoded(blockId, texts.Dictionary.Offset, new StrongBox<SymbolView>(symbols),
                symbols.Bytes.Length + symbols.Ends.Length * (long)sizeof(int) + ObjectBytes);
            return symbols;
        }
        catch (InvalidDataException damage)
        {
            throw parts.Damaged(texts.Dictionary.Offset, damage);
        }
    }

    /// <summary>Reads a rollup, perhaps without its sketches, which are most of it; null where <see cref="Rollup.TryRead"/> gives null.</summary>
    public Rollup? ReadRollup(Extent extent, bool withSketches)
    {
        // No part is at a negative offset: a rollup without its sketches is kept there.
        long key = withSketches ? extent.Offset : -extent.Offset;
        StrongBox<Rollup?>? kept = cache?.Find<StrongBox<Rollup?>>(blockId, key);
        kept ??= withSketches ? null : cache?.Find<StrongBox<Rollup?>>(blockId, extent.Offset);
        if (kept is not null)
        {
            return kept.Value;
        }

        using BlockBuffer part = parts.Rent(extent);
        try
        {
            Rollup? rollup = Rollup.TryRead(part.Payload, withSketches);
            cache?.AddDecoded(blockId, key, new StrongBox<Rollup?>(rollup), ObjectBytes + (rollup?.AllocatedBytes ?? 0));
            return rollup;
        }
        catch (InvalidDataException damage)
        {
            throw parts.Damaged(extent.Offset, damage);
        }
    }

    /// <summary>Reads a rollup's bytes into an array, and opens them; null where <see cref="Rollup.TryRead"/> gives null.</summary>
    public RollupCursor? OpenRollup(Extent extent, byte[] into)
    {
        parts.Read(extent, into);
        try
        {
            return RollupCursor.TryOpen(into.AsMemory(0, extent.Length - BlockFormat.ChecksumBytes), damage => parts.Damaged(extent.Offset, damage));
        }
        catch (InvalidDataException damage)
        {
            throw parts.Damaged(extent.Offset, damage);
        }
    }

    /// <summary>The bytes of a part that is no chunk (the filter of alert ids).</summary>
    public ReadOnlySpan<byte> ReadPart(Extent extent)
    {
        byte[]? bytes = cache?.Find<byte[]>(blockId, extent.Offset);
        if (bytes is null)
        {
            bytes = parts.Read(extent);
            cache?.AddDecoded(blockId, extent.Offset, bytes, bytes.Length);
        }

        return new BlockBuffer(bytes).Payload;
    }

    // Ids of agents may go by the codes of their names.
    private void ReadByCode(int column, int chunk, ReadOnlySpan<byte> payload, Span<long> into)
    {
        bool hasNames = column == KindSchema.Oid && Index.Columns[KindSchema.Oname] is { HasDictionary: true };
        int[] rented = ArrayPool<int>.Shared.Rent(into.Length);
        Span<int> codes = rented.AsSpan(0, into.Length);
        if (!hasNames || !ReadCodes(KindSchema.Oname, chunk, codes))
        {
            throw new InvalidDataException("ids go by names that are not there");
        }

        ByCodeCodec.Decode(payload, codes, into);
        ArrayPool<int>.Shared.Return(rented);
    }

    private BlockBuffer Read(Extent extent)
    {
        if (cache is null)
        {
            return parts.Rent(extent);
        }

        if (cache.Find<byte[]>(blockId, extent.Offset) is { } kept)
        {
            return new BlockBuffer(kept);
        }

        if (!cache.HasRoomFor(extent.Length))
        {
            return parts.Rent(extent);
        }

        byte[] bytes = parts.Read(extent);
        cache.Add(blockId, extent.Offset, bytes);
        return new BlockBuffer(bytes);
    }
}
