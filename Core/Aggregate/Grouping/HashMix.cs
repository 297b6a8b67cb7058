using System.Runtime.CompilerServices;

namespace TimeSeries.Core.Aggregate.Grouping;

/// <summary>Spreads integer keys over the slots of a table. Keys are joined small numbers, so their bits must be mixed both ways.</summary>
internal static class HashMix
{
    // 2⁶⁴ divided by the golden ratio.
    private const ulong Factor = 0x9E3779B97F4A7C15;

    /// <summary>The slot of a key in a table of 2^(64 − <paramref name="shift"/>) slots.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SlotOf(long key, int shift)
    {
        // One product alone leaves keys that differ in their upper halves only side by side, in long runs.
        ulong mixed = unchecked((ulong)key * Factor);
        mixed ^= mixed >> 32;
        return (int)(unchecked(mixed * Factor) >> shift);
    }
}
