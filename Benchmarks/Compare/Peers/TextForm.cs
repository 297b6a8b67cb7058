namespace TimeSeries.Benchmarks.Compare.Peers;

/// <summary>How transactions are written for another system.</summary>
internal enum TextForm
{
    /// <summary>Tab-separated values, a column for seconds and one for milliseconds, durations in whole µs (ClickHouse).</summary>
    Tabs,

    /// <summary>Line protocol: tags oname and service, all other fields as fields, a time of its own for each line (InfluxDB).</summary>
    Lines,

    /// <summary>Line protocol with the seven numeric fields only (VictoriaMetrics keeps no text).</summary>
    NumericLines,
}
