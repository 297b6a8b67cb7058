using System.ComponentModel;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Which store keeps the samples.</summary>
[TypeConverter(typeof(NameConverter<StorageKind>))]
public enum StorageKind
{
    /// <summary>Blocks in the storage directory, owned by one process.</summary>
    Embedded,

    /// <summary>InfluxDB, shared by any number of Ingest and Query processes.</summary>
    Influx,
}
