namespace TimeSeries.Core.Storage.Influx.Configuration;

/// <summary>How a token is sent.</summary>
public enum InfluxAuthScheme : byte
{
    Token,
    Bearer,

    /// <summary>As the password of HTTP Basic.</summary>
    Basic,
}
