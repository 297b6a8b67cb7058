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

            if (column == KindSchema.Time)
            {
                Index.RequireTimes(chunk, into, wanted);
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

        // No part is at a negative offset: a dictionary is kept there, whose parts may be kept as well.
        long key = -texts.Dictionary[0].Offset;
        if (cache?.Find<StrongBox<SymbolView>>(blockId, key) is { } kept)
        {
            return kept.Value;
        }

        SymbolView symbols = DecodeDictionary(texts, scratch);
        cache?.AddDecoded(blockId, key, new StrongBox<SymbolView>(symbols), symbols.Bytes.Length + symbols.Ends.Length * (long)sizeof(int) + ObjectBytes);
        return symbols;
    }

    private SymbolView DecodeDictionary(ColumnIndex texts, TextScratch? scratch)
    {
        long offset = texts.Dictionary[0].Offset;
        try
        {
            if (texts.Dictionary is [Extent only])
            {
                using BlockBuffer part = parts.Rent(only);
                Span<int> codes = scratch is null ? new int[texts.TextCount] : scratch.Codes(texts.TextCount);
                SymbolView symbols = TextCodec.Decode(part.Bytes, codes, scratch) with { Distinct = true };
                return symbols.Count == texts.TextCount ? symbols : throw new InvalidDataException("a dictionary has too few texts");
            }

            byte[] bytes = scratch?.Bytes(texts.TextBytes) ?? new byte[texts.TextBytes];
            int[] ends = scratch?.Ends(texts.TextCount) ?? new int[texts.TextCount];
            int first = 0;
            int end = 0;
            for (int i = 0; i < texts.Dictionary.Length; i++)
            {
                offset = texts.Dictionary[i].Offset;
                using BlockBuffer part = parts.Rent(texts.Dictionary[i]);
                int count = texts.TextsOfPart(i);
                end = TextCodec.DecodePart(part.Bytes, bytes.AsSpan(0, texts.TextBytes), end, ends.AsSpan(first, count));
                first += count;
            }

            return new SymbolView(new object(), bytes, ends, texts.TextCount, Distinct: true);
        }
        catch (InvalidDataException damage)
        {
            throw parts.Damaged(offset, damage);
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
            CheckKind(rollup?.Schema);
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
            RollupCursor? rollup = RollupCursor.TryOpen(
                into.AsMemory(0, extent.Length - BlockFormat.ChecksumBytes), damage => parts.Damaged(extent.Offset, damage));
            CheckKind(rollup?.Schema);
            return rollup;
        }
        catch (InvalidDataException damage)
        {
            throw parts.Damaged(extent.Offset, damage);
        }
    }

    /// <summary>The code of a text in a dictionary that has a filter; −1 when the dictionary has not the text. Decodes no more than a part.</summary>
    public int FindCode(int column, ReadOnlySpan<byte> text)
    {
        ColumnIndex texts = Index.Columns[column]!;
        bool[] mayHold = new bool[texts.Dictionary.Length];
        AskFilter(texts.DictionaryFilter!, text, mayHold);
        for (int i = 0; i < mayHold.Length; i++)
        {
            if (mayHold[i] && FindInPart(texts, i, text) is >= 0 and int code)
            {
                return code;
            }
        }

        return TextColumn.Missing;
    }

    /// <summary>
    /// Marks the parts of a column that may have a text, by their filters; marks that are set already stay. A page that is damaged tells nothing: it costs time
    /// alone, and is counted. Pages are not kept: from the system's cache one comes in some microseconds.
    /// </summary>
    public void AskFilter(BloomFilterIndex filter, ReadOnlySpan<byte> text, Span<bool> mayHold)
    {
        ulong hash = BloomLine.HashOf(text);
        try
        {
            using BlockBuffer page = parts.Rent(filter.PageOf(hash));
            filter.Ask(page.Payload, hash, mayHold);
        }
        catch (DamagedFileException)
        {
            mayHold.Fill(true);
        }
    }

    /// <summary>Copies texts of a dictionary to some rows of a column. Of a dictionary of several parts, only those with the texts are read.</summary>
    /// <param name="column">The field.</param>
    /// <param name="codes">The texts' codes, ascending.</param>
    /// <param name="into">Where they are copied.</param>
    /// <param name="to">The row of each.</param>
    public void CopySymbols(int column, ReadOnlySpan<int> codes, TextColumn into, ReadOnlySpan<int> to)
    {
        ColumnIndex texts = Index.Columns[column]!;
        while (!codes.IsEmpty)
        {
            int number = codes[0] / BlockFormat.DictionaryPartTexts;
            int first = number * BlockFormat.DictionaryPartTexts;
            int count = codes.IndexOfAnyExceptInRange(first, first + BlockFormat.DictionaryPartTexts - 1) is >= 0 and int end ? end : codes.Length;
            int[] rows = [.. codes[..count]];
            foreach (ref int row in rows.AsSpan())
            {
                row -= first;
            }

            using BlockBuffer part = Read(texts.Dictionary[number]);
            try
            {
                TextChunkProbe.Copy(part.Bytes, texts.TextsOfPart(number), rows, into, to[..count]);
            }
            catch (InvalidDataException damage)
            {
                throw parts.Damaged(texts.Dictionary[number].Offset, damage);
            }

            codes = codes[count..];
            to = to[count..];
        }
    }

    private int FindInPart(ColumnIndex texts, int number, ReadOnlySpan<byte> text)
    {
        using BlockBuffer part = Read(texts.Dictionary[number]);
        try
        {
            int row = TextChunkProbe.Find(part.Bytes, texts.TextsOfPart(number), text);
            if (row >= texts.TextsOfPart(number))
            {
                throw new InvalidDataException("a part of a dictionary has other texts than there are");
            }

            return row < 0 ? row : (number * BlockFormat.DictionaryPartTexts) + row;
        }
        catch (InvalidDataException damage)
        {
            throw parts.Damaged(texts.Dictionary[number].Offset, damage);
        }
    }

    /// <summary>The filter of alert ids; empty when it is damaged, which is counted and costs time alone.</summary>
    public ReadOnlySpan<byte> ReadAlertFilter()
    {
        Extent extent = Index.AlertFilter;
        byte[]? bytes = cache?.Find<byte[]>(blockId, extent.Offset);
        if (bytes is null)
        {
            try
            {
                bytes = parts.Read(extent);
            }
            catch (DamagedFileException)
            {
                return [];
            }

            cache?.AddDecoded(blockId, extent.Offset, bytes, bytes.Length);
        }

        return new BlockBuffer(bytes).Payload;
    }

    // Fields go by their number.
    private void CheckKind(KindSchema? ofRollup)
    {
        if (ofRollup is not null && ofRollup != Index.Schema)
        {
            throw new InvalidDataException("a rollup is of another kind");
        }
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
