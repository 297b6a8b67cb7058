using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Influx.Reading;

/// <summary>Readers of a test server.</summary>
internal static class ReadSetup
{
    public static InfluxReader Reader(RealInfluxd server, TimeSpan? retention = null) => new(Options(server.Address), _ => retention, TimeProvider.System);

    public static InfluxOptions Options(Uri host) => new() { Host = host, Database = "apm", Timeout = TimeSpan.FromSeconds(20) };
}
