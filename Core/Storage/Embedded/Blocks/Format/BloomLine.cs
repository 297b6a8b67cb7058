using System.Buffers.Binary;
using System.IO.Hashing;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Format;

/// <summary>
/// A Bloom filter of 512 bits, of which a filter has many. A text has its bits in two words of one line, three in each, so that adding it takes some
/// nanoseconds. See docs/format/block.md.
/// </summary>
internal static class BloomLine
{
    public const int Bytes = 64;

    private const int WordBits = 6;
    private const int Words = Bytes / sizeof(ulong);

    /// <summary>
    /// The hash of a text: XXH3 without a seed. It is stored, so it never changes. Whoever sends texts with hashes of their choice fills some lines, so that
    /// look-ups of texts in these lines read more; they never give another result.
    /// </summary>
    public static ulong HashOf(ReadOnlySpan<byte> text) => XxHash3.HashToUInt64(text);

    /// <summary>The page of a text, of so many.</summary>
    public static int PageOf(ulong hash, int pages) => (int)((hash >> 32) * (ulong)pages >> 32);

    /// <summary>The line of a text, of so many that a part has in the text's page.</summary>
    public static int LineOf(ulong hash, int pages, int lines)
    {
        ulong within = (uint)((hash >> 32) * (ulong)pages);
        return (int)(within * (ulong)lines >> 32);
    }

    /// <summary>Adds a text to its line, of lines as words.</summary>
    public static void Add(Span<ulong> lines, int line, ulong hash)
    {
        int first = line * Words;
        lines[first + FirstWord(hash)] |= Stored(FirstBits(hash));
        lines[first + SecondWord(hash)] |= Stored(SecondBits(hash));
    }

    /// <summary>Whether a line, of lines as words, may have a text; false is certain.</summary>
    public static bool MayContain(ReadOnlySpan<ulong> lines, int line, ulong hash)
    {
        int first = line * Words;
        return (~lines[first + FirstWord(hash)] & Stored(FirstBits(hash))) == 0 && (~lines[first + SecondWord(hash)] & Stored(SecondBits(hash))) == 0;
    }

    // Words are stored with the lowest byte first.
    private static ulong Stored(ulong bits) => BitConverter.IsLittleEndian ? bits : BinaryPrimitives.ReverseEndianness(bits);

    // From the lowest bit on: three numbers of a bit in the first word, three of one in the second, the first word's number, the second's distance from it.
    private static ulong FirstBits(ulong hash) => BitsAt(hash);

    private static ulong SecondBits(ulong hash) => BitsAt(hash >> (3 * WordBits));

    private static int FirstWord(ulong hash) => (int)(hash >> (6 * WordBits)) & (Words - 1);

    private static int SecondWord(ulong hash) => FirstWord(hash) ^ (((int)(hash >> (6 * WordBits + 3)) & 3) + 1);

    // A shift counts modulo 64.
    private static ulong BitsAt(ulong bits) => 1UL << (int)bits | 1UL << (int)(bits >> WordBits) | 1UL << (int)(bits >> (2 * WordBits));
}
