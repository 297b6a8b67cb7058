namespace TimeSeries.Core.Storage.Influx.Configuration;

/// <summary>Which endpoint takes the lines.</summary>
public enum InfluxWriteApi : byte
{
    /// <summary><c>/write?db&amp;rp</c>: every version.</summary>
    V1,

    /// <summary><c>/api/v2/write?bucket&amp;org</c>: 1.8 and later.</summary>
    V2,
}
