namespace TimeSeries.Benchmarks.Wire;

/// <summary>
/// The sequence that ids and fresh values are made of: a state that grows by a fixed step, and a permutation of it (SplitMix64, Steele, Lea and Flood 2014).
/// Different states give different numbers.
/// </summary>
internal static class SplitMix
{
    /// <summary>What a state grows by for each number.</summary>
    // Odd, so that every 64-bit state is reached; 2^64 divided by the golden ratio.
    public const ulong Step = 0x9E3779B97F4A7C15;

    // The 53 bits that a double from 0 to 1 has.
    private const double Unit = 1.0 / (1L << 53);

    /// <summary>The next number of the sequence.</summary>
    public static ulong Next(ref ulong state)
    {
        ulong mixed = state += Step;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>The next number as one of <c>[0, 1)</c>.</summary>
    // Signed, since processors convert such integers by one instruction.
    public static double NextShare(ref ulong state) => (long)(Next(ref state) >> 11) * Unit;
}
