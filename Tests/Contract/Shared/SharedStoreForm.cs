namespace TimeSeries.Tests.Contract.Shared;

/// <summary>Which processes share an InfluxDB.</summary>
internal enum SharedStoreForm
{
    /// <summary>The Server alone: Ingest and Query in one process.</summary>
    Server,

    /// <summary>Two Ingest and two Query.</summary>
    TwoOfEach,

    /// <summary>Two Ingest and a Query that uses no rollups.</summary>
    TwoWithoutRollups,
}
