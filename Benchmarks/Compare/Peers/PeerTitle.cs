using System.Text.RegularExpressions;
using TimeSeries.Benchmarks.Compare.Reports;

namespace TimeSeries.Benchmarks.Compare.Peers;

/// <summary>What tables and sentences call another system: its name with the version of the program that is measured.</summary>
internal static partial class PeerTitle
{
    /// <summary>Name and version; the name alone where the system is absent or does not tell its version.</summary>
    public static string Of(PeerName name, IReadOnlyList<PeerFacts> peers)
    {
        string? version = peers.FirstOrDefault(peer => peer.Name == KeyOf(name))?.Version;
        return version is not null && Number().Match(version) is { Success: true } number ? $"{NameOf(name)} {number.Value}" : NameOf(name);
    }

    /// <summary>What <c>--peer</c> and report.json call it.</summary>
    public static string KeyOf(PeerName name) => name.ToString().ToLowerInvariant();

    private static string NameOf(PeerName name) => name switch
    {
        PeerName.Influxdb => "influxd",
        PeerName.Clickhouse => "ClickHouse",
        PeerName.Victoriametrics => "VictoriaMetrics",
        PeerName.Duckdb => "DuckDB",
        _ => throw new InvalidOperationException($"{name} has no title."),
    };

    // Of "InfluxDB v1.6.7~rc0 (git: …)", "package 18.16.1+ds-7.3+b2" or "DuckDB v1.5.6".
    [GeneratedRegex(@"\d+(\.\d+)+")]
    private static partial Regex Number();
}
