namespace TimeSeries.Tests.Support.Influx;

/// <summary>How a real influxd is set up. Every server has directories and ports of its own whatever stands here.</summary>
internal sealed record InfluxdSettings
{
    /// <summary>Asks for names and passwords. The administrator is <see cref="RealInfluxd.Administrator"/>.</summary>
    public bool Auth { get; init; }

    /// <summary>The largest body of a write, in bytes as sent.</summary>
    public long MaxBodyBytes { get; init; } = 25_000_000;

    /// <summary><c>inmem</c>, as the server does by itself, or <c>tsi1</c>.</summary>
    public string IndexVersion { get; init; } = "inmem";

    /// <summary>Most values of one tag, with the index <c>inmem</c>.</summary>
    public int MaxValuesPerTag { get; init; } = 100_000;
}
