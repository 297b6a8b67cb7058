namespace TimeSeries.Benchmarks.Compare.Peers;

/// <summary>The systems that can be compared with.</summary>
internal enum PeerName
{
    /// <summary>InfluxDB 1.x.</summary>
    Influxdb,

    /// <summary>ClickHouse.</summary>
    Clickhouse,

    /// <summary>VictoriaMetrics.</summary>
    Victoriametrics,
}
