using System.Buffers;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded.Blocks.Codecs;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Writing;

/// <summary>
/// Writes the text columns of a block: chunks, the dictionary in parts, and the filters of texts, which are those of the chunks where there is no dictionary.
/// Not thread safe.
/// </summary>
/// <param name="rows">What the block is made of.</param>
/// <param name="writer">Where parts are appended.</param>
/// <param name="scratch">What writing needs.</param>
/// <param name="chunkRows">The rows of each chunk.</param>
internal sealed class TextColumnWriter(IBlockRows rows, BlockFileWriter writer, BlockScratch scratch, int[] chunkRows)
{
    /// <summary>Writes a column; null when no row has a text.</summary>
    public ColumnIndex? Write(int column)
    {
        SymbolView? dictionary = rows.OpenTexts(column);
        int limits = dictionary is { Count: >= BloomFilterIndex.FewestTexts } ? chunkRows.Length : 0;
        ColumnIndex index = new()
        {
            IsText = true,
            Chunks = new Extent[chunkRows.Length],
            Least = new long[limits],
            Greatest = new long[limits],
            Filters = new BloomFilterIndex[dictionary is null ? rows.Projects.Count : 1],
        };
        try
        {
            bool any = WriteSections(index, dictionary);
            if (any && dictionary is { } symbols)
            {
                WriteDictionary(index, symbols);
            }

            return any ? index : null;
        }
        finally
        {
            scratch.Filters.Release();
        }
    }

    private bool WriteSections(ColumnIndex index, SymbolView? dictionary)
    {
        int[] codes = ArrayPool<int>.Shared.Rent(BlockFormat.MaxChunkRows);
        bool any = false;
        int chunk = 0;
        for (int section = 0; section < rows.Projects.Count; section++)
        {
            scratch.Filters.Begin(rows.Projects[section].RowCount);
            for (int left = rows.Projects[section].RowCount; left > 0; left -= chunkRows[chunk++])
            {
                any |= WriteChunk(index, chunk, codes.AsSpan(0, chunkRows[chunk]), dictionary);
            }

            if (dictionary is null)
            {
                index.Filters[section] = scratch.Filters.Append(writer, scratch.Part);
            }
        }

        ArrayPool<int>.Shared.Return(codes);
        return any;
    }

    private bool WriteChunk(ColumnIndex index, int chunk, Span<int> codes, SymbolView? dictionary)
    {
        SymbolView texts = rows.NextCodes(codes);
        scratch.Throttle.Step();
        if (dictionary is null)
        {
            scratch.Filters.Add(codes, texts);
        }

        if (!codes.ContainsAnyExcept(TextColumn.Missing))
        {
            return false;
        }

        scratch.Part.Clear();
        if (dictionary is null)
        {
            scratch.Texts.Encode(codes, texts, scratch.Part);
        }
        else
        {
            scratch.Codes.Encode(codes, scratch.Part);
            if (index.Least.Length > 0)
            {
                // A missing code is the least; so none is known to be greater then.
                NumberStatistics.Measure(codes, out int least, out int greatest);
                (index.Least[chunk], index.Greatest[chunk]) = (Math.Max(0, least), greatest);
            }
        }

        index.Chunks[chunk] = writer.Append(scratch.Part.Written);
        return true;
    }

    private void WriteDictionary(ColumnIndex index, SymbolView symbols)
    {
        int[] rented = scratch.Pool.Rent<int>(symbols.Count);
        Span<int> codes = rented.AsSpan(0, symbols.Count);
        for (int code = 0; code < codes.Length; code++)
        {
            codes[code] = code;
        }

        index.Dictionary = new Extent[(symbols.Count + BlockFormat.DictionaryPartTexts - 1) / BlockFormat.DictionaryPartTexts];
        index.TextCount = symbols.Count;
        index.TextBytes = symbols.Ends[symbols.Count - 1];
        scratch.Filters.Begin(symbols.Count);
        for (int part = 0; part < index.Dictionary.Length; part++)
        {
            scratch.Throttle.Step();
            ReadOnlySpan<int> texts = codes.Slice(part * BlockFormat.DictionaryPartTexts, index.TextsOfPart(part));
            scratch.Part.Clear();
            scratch.Texts.Encode(texts, symbols, scratch.Part);
            index.Dictionary[part] = writer.Append(scratch.Part.Written);
            scratch.Filters.Add(texts, symbols);
        }

        scratch.Pool.Return(rented);
        index.Filters[0] = scratch.Filters.Append(writer, scratch.Part);
    }
}
