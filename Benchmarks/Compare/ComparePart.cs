namespace TimeSeries.Benchmarks.Compare;

/// <summary>What a comparison can measure; each can be chosen.</summary>
internal enum ComparePart
{
    /// <summary>How fast samples are taken, by each system.</summary>
    Ingest,

    /// <summary>How fast spans and lines are taken over the protocols of others, lines by each system that has them.</summary>
    Otlp,

    /// <summary>Bytes of files for each transaction, by each system.</summary>
    Disk,

    /// <summary>Aggregates over one day, by each system; ours must equal ClickHouse's.</summary>
    Query,

    /// <summary>Every documented endpoint over one day of every kind.</summary>
    Endpoints,

    /// <summary>How long acks take, against flushes of the same disk.</summary>
    Latency,

    /// <summary>How long a start takes, from exec to the first response.</summary>
    Restart,

    /// <summary>What the first samples after a start cost, and how long a start takes.</summary>
    Cold,

    /// <summary>Memory under a long load.</summary>
    Memory,

    /// <summary>How costs grow with samples and with distinct services.</summary>
    Growth,
}
