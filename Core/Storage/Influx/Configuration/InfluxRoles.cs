namespace TimeSeries.Core.Storage.Influx.Configuration;

/// <summary>What a host does with InfluxDB.</summary>
[Flags]
public enum InfluxRoles : byte
{
    None = 0,

    /// <summary>Writes samples and rollups.</summary>
    Writer = 1,

    /// <summary>Asks for them.</summary>
    Reader = 2,
}
