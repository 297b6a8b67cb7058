namespace TimeSeries.Core.Model.Ports;

/// <summary>How a store is fed, and so when a push can be answered.</summary>
public enum StoreFeed : byte
{
    /// <summary>With each batch as it was committed, from memory; a push is answered when the store has taken it.</summary>
    Memory,

    /// <summary>From the log on disk, behind the answers: a store that may be away for hours. A push is answered when it is durable in the log.</summary>
    Log,
}
