namespace TimeSeries.Core.Storage.Embedded.Blocks.Format;

/// <summary>Where a block keeps one column.</summary>
internal sealed class ColumnIndex
{
    public required bool IsText { get; init; }

    /// <summary>
    /// The texts that the codes mean, in parts of <see cref="BlockFormat.DictionaryPartTexts"/>, or of any number where there is one part; empty where each
    /// chunk has texts of its own, and for numbers.
    /// </summary>
    public Extent[] Dictionary { get; set; } = [];

    /// <summary>How many texts the dictionary has.</summary>
    public int TextCount { get; set; }

    /// <summary>How many bytes all texts of a dictionary of several parts take.</summary>
    public int TextBytes { get; set; }

    /// <summary>The filters of the texts: one of the dictionary, or one of the chunks of each section; empty where there are none.</summary>
    public BloomFilterIndex[] Filters { get; set; } = [];

    /// <summary>The chunks, as the block's; empty where every row of one is missing.</summary>
    public required Extent[] Chunks { get; init; }

    /// <summary>The least number, or code of a dictionary, of each chunk that is not missing; empty where <see cref="HasLimits"/> is false.</summary>
    public long[] Least { get; set; } = [];

    /// <summary>The greatest of each chunk, as <see cref="Least"/>.</summary>
    public long[] Greatest { get; set; } = [];

    public bool HasDictionary => Dictionary.Length > 0;

    /// <summary>Whether the least and greatest values of chunks are kept: of numbers, and of codes whose dictionary has a filter.</summary>
    public bool HasLimits => !IsText || DictionaryFilter is not null;

    /// <summary>The filter of the dictionary; null where there is none.</summary>
    public BloomFilterIndex? DictionaryFilter => HasDictionary && Filters is [{ PageCount: > 0 } filter] ? filter : null;

    /// <summary>The filter of the chunks of a section, by its number in the block; null where there is none.</summary>
    public BloomFilterIndex? ChunkFilter(int section) => !HasDictionary && section < Filters.Length && Filters[section].PageCount > 0 ? Filters[section] : null;

    /// <summary>How many texts a part of the dictionary has.</summary>
    public int TextsOfPart(int part) =>
        Dictionary.Length == 1 ? TextCount : Math.Min(BlockFormat.DictionaryPartTexts, TextCount - (part * BlockFormat.DictionaryPartTexts));
}
