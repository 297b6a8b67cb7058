namespace TimeSeries.Simulation.Planted;

/// <summary>A fault behind three comparisons of a byte each, one inside the other: what the fuzzer is checked with.</summary>
internal static class NestedComparisons
{
    /// <summary>Whether bytes meet the fault.</summary>
    public static bool Fails(ReadOnlySpan<byte> bytes) => bytes.Length > 12 && bytes[3] == 0xB7 && IsSecond(bytes);

    private static bool IsSecond(ReadOnlySpan<byte> bytes) => bytes[7] == 0x4D && IsThird(bytes);

    private static bool IsThird(ReadOnlySpan<byte> bytes) => bytes[11] == 0xE2;
}
