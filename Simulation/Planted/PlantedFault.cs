namespace TimeSeries.Simulation.Planted;

/// <summary>A fault that is planted in a node on purpose, to see that it is found. It stands in the node's seams; the product has no switch for it.</summary>
internal enum PlantedFault : byte
{
    /// <summary>Flushes of the log's segments do nothing.</summary>
    LostFlush,

    /// <summary>The recovery of the log writes what it reads into the store twice.</summary>
    DoubleReplay,

    /// <summary>A push is acknowledged before it is in the log.</summary>
    EarlyAcknowledgement,

    /// <summary>The directory of the blocks is not flushed.</summary>
    MissedDirectoryFlush,

    /// <summary>A query gets the result of the same query before it, at times.</summary>
    StaleSnapshot,

    /// <summary>An alert of a rule is told before it is in the log.</summary>
    EarlyNotice,
}
