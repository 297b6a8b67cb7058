namespace TimeSeries.Simulation.History;

/// <summary>A moment of an operation. A writer writes the values 1, 2, 3 and so on under its key, each when the one before it was acknowledged.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Operation">Which operation, so that the end of a read finds its beginning.</param>
/// <param name="Key">The key that is written; empty of a read.</param>
/// <param name="Value">The value that is written; 0 of a read.</param>
internal readonly record struct HistoryEvent(HistoryEventKind Kind, int Operation, string Key, long Value)
{
    /// <summary>Why a read failed.</summary>
    public string? Fault { get; init; }

    /// <summary>What a read that ends has seen of each key.</summary>
    public IReadOnlyDictionary<string, SeenValues>? Seen { get; init; }
}

/// <summary>What happened at a moment.</summary>
internal enum HistoryEventKind : byte
{
    /// <summary>A value is sent, for the first time or again.</summary>
    WriteBegins,

    /// <summary>It is acknowledged. A write without an acknowledgement may or may not have been made.</summary>
    WriteAcknowledged,

    /// <summary>A query is sent.</summary>
    ReadBegins,

    /// <summary>Its result is there.</summary>
    ReadEnds,

    /// <summary>It failed.</summary>
    ReadFails,
}

/// <summary>What a read has seen of a key.</summary>
/// <param name="Count">How many values.</param>
/// <param name="Sum">Their sum.</param>
/// <param name="Greatest">The greatest of them.</param>
internal readonly record struct SeenValues(long Count, long Sum, long Greatest)
{
    /// <summary>Whether it is 1, 2, 3 and so on, each once.</summary>
    public bool IsWhole => Count == Greatest && Sum == Greatest * (Greatest + 1) / 2;
}
