using System.Runtime.InteropServices;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Format;

/// <summary>
/// Where a block keeps the Bloom filters of some parts of a text column, which are chunks of one section or parts of the dictionary. A text's hash chooses one
/// page, which has that slice of every part's filter: one short read tells of all parts. Immutable.
/// </summary>
/// <param name="Offset">Where the first page lies. The others follow, each as long, with a checksum of its own.</param>
/// <param name="PageCount">How many pages there are; 0 for no filter.</param>
/// <param name="LinesOfParts">How many <see cref="BloomLine"/>s of a page each part has; 0 for a part without a filter.</param>
internal sealed record BloomFilterIndex(long Offset, int PageCount, int[] LinesOfParts)
{
    /// <summary>Most pages: a whole part then has one line in each.</summary>
    public const int MaxPages = MaxLines;

    /// <summary>No part has more lines: it has no more texts than a chunk has rows.</summary>
    public const int MaxLines = BlockFormat.MaxChunkRows * BitsPerText / (BloomLine.Bytes * 8);

    /// <summary>Bits of a filter for each text: one part in forty is read in vain, which takes less than bits that would rule it out.</summary>
    public const int BitsPerText = 8;

    /// <summary>Fewer texts are read about as quickly as a filter of them.</summary>
    public const int FewestTexts = 1_024;

    /// <summary>What has no filter.</summary>
    public static BloomFilterIndex None { get; } = new(0, 0, []);

    /// <summary>All pages in the order of the file.</summary>
    public IEnumerable<Extent> Pages => Enumerable.Range(0, PageCount).Select(PageAt);

    /// <summary>The page of a text with this hash.</summary>
    public Extent PageOf(ulong hash) => PageAt(BloomLine.PageOf(hash, PageCount));

    /// <summary>Marks the parts that may have a text with this hash, and those that have no filter, by the text's page.</summary>
    public void Ask(ReadOnlySpan<byte> page, ulong hash, Span<bool> mayHold)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(page);
        int first = 0;
        for (int part = 0; part < LinesOfParts.Length; part++)
        {
            int lines = LinesOfParts[part];
            int line = first + BloomLine.LineOf(hash, PageCount, lines);
            mayHold[part] |= lines == 0 || BloomLine.MayContain(words, line, hash);
            first += lines;
        }
    }

    private Extent PageAt(int page)
    {
        int length = (LinesOfParts.Sum() * BloomLine.Bytes) + BlockFormat.ChecksumBytes;
        return new Extent(Offset + ((long)page * length), length);
    }
}
