using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>Whether a text column of a block is kept as codes of a dictionary or as texts.</summary>
internal static class DictionaryPolicy
{
    // A dictionary is decoded whole before the first row can be read.
    private const int MaxTexts = 4 << 20;
    private const int MaxTextBytes = 64 << 20;
    private const int SampleTexts = 8_192;

    /// <summary>Whether the texts, for so many rows, are worth a dictionary: each is used twice or more, and it stays of a size to decode.</summary>
    public static bool Allows(long texts, long textBytes, long rows) => texts <= MaxTexts && textBytes <= MaxTextBytes && texts * 2 <= rows;

    /// <summary>
    /// Whether so many different texts among those looked at show that a dictionary for so many rows would be too large. Of s texts drawn from N, N·(1 −
    /// e^(−s/N)) are different ones, so a sample with more of them than half the rows would give comes from more texts than that.
    /// </summary>
    public static bool TooManyDistinct(long distinct, long sampled, long rows)
    {
        double most = Math.Max(1, rows / 2.0);
        return distinct > most * (1 - Math.Exp(-sampled / most));
    }

    /// <summary>Whether a sample of the texts shows that a dictionary for so many rows would be too large.</summary>
    public static bool IsHighCardinality(SymbolView texts, long rows, LargeArrayPool pool)
    {
        int sampled = Math.Min(SampleTexts, texts.Count);
        SymbolTable distinct = new(pool, 0, 0);
        for (int i = 0; i < sampled; i++)
        {
            distinct.Intern(texts[(int)((long)i * texts.Count / sampled)]);
        }

        int count = distinct.Count;
        distinct.Release();
        return TooManyDistinct(count, sampled, rows);
    }
}
