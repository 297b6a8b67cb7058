namespace TimeSeries.Tests.Contract.Shared;

/// <summary>Which processes share an InfluxDB.</summary>
internal enum SharedStoreForm
{
    /// <summary>The Server alone: Ingest and Query in one process.</summary>
    Server,

    /// <summary>At least two Ingest and two Query.</summary>
    TwoOfEach,
}
