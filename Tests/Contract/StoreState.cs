namespace TimeSeries.Tests.Contract;

/// <summary>Where samples may lie when they are asked for.</summary>
internal enum StoreState
{
    /// <summary>In memory and in the log.</summary>
    Head,

    /// <summary>In blocks.</summary>
    Sealed,

    /// <summary>Two blocks that overlap in time, and the rest in memory.</summary>
    OverlappingBlocks,

    /// <summary>Merged blocks, and what a killed process had only in its log.</summary>
    CompactedAndKilled,
}
