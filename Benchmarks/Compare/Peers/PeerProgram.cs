using System.IO.Compression;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Hosts;

namespace TimeSeries.Benchmarks.Compare.Peers;

/// <summary>
/// Finds the program of another system: in a folder that was named, on the PATH, in the cache, or in its Debian package, which is then downloaded and unpacked
/// into the
/// cache but not installed.
/// </summary>
internal sealed class PeerProgram
{
    private readonly PeerName _name;
    private readonly string _package;
    private readonly string _program;
    private readonly string[] _versionArguments;

    private PeerProgram(PeerName name, string package, string program, params string[] versionArguments)
    {
        (_name, _package, _program, _versionArguments) = (name, package, program, versionArguments);
    }

    private static string CacheFolder => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "timeseries-compare");

    /// <summary>The program of a system.</summary>
    public static PeerProgram Of(PeerName name) => name switch
    {
        PeerName.Influxdb => new PeerProgram(name, "influxdb", "influxd", "version"),
        PeerName.Clickhouse => new PeerProgram(name, "clickhouse-server", "clickhouse-server", "--version"),
        PeerName.Victoriametrics => new PeerProgram(name, "victoria-metrics", "victoria-metrics", "-version"),
        _ => throw new InvalidOperationException($"{name} has no program."),
    };

    /// <summary>Looks for it.</summary>
    /// <param name="folder">A folder to look in first, also below <c>usr/bin</c> and <c>usr/sbin</c>; null for none.</param>
    public PeerFacts Find(string? folder)
    {
        string cached = Path.Combine(CacheFolder, _package);
        string? found = FindIn(folder is null ? [] : [folder])
            ?? FindIn((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            ?? FindIn(["/usr/sbin", cached])
            ?? (Download(cached) ? FindIn([cached]) : null);
        string settings = _name switch
        {
            PeerName.Influxdb => InfluxPeer.Settings,
            PeerName.Clickhouse => ClickHousePeer.Settings,
            _ => VictoriaPeer.Settings,
        };
        PeerFacts facts = new() { Name = PeerTitle.KeyOf(_name), Settings = settings };
        return found is null
            ? facts with { Absent = $"no {_program} in --peer-directory or on the PATH, and its package {_package} could not be downloaded" }
            : facts with { Program = found, Version = VersionOf(found, cached) };
    }

    private string? FindIn(IEnumerable<string> folders) => folders
        .SelectMany(folder => new[] { folder, Path.Combine(folder, "usr", "bin"), Path.Combine(folder, "usr", "sbin") })
        .Select(folder => Path.Combine(folder, _program)).FirstOrDefault(File.Exists);

    private bool Download(string cached)
    {
        string folder = Directory.CreateTempSubdirectory("timeseries-package-").FullName;
        try
        {
            if (ProcessRunner.Run("apt-get", ["download", "-qq", _package], folder) is null
                && (ProcessRunner.Run("apt-get", ["update", "-qq"]) is null || ProcessRunner.Run("apt-get", ["download", "-qq", _package], folder) is null))
            {
                return false;
            }

            string? package = Directory.EnumerateFiles(folder, "*.deb").FirstOrDefault();
            Directory.CreateDirectory(cached);
            return package is not null && ProcessRunner.Run("dpkg-deb", ["-x", package, cached]) is not null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A build without a version of its own is named by its package: the installed one, or the one that the cache was unpacked from.
    private string VersionOf(string program, string cached)
    {
        string said = (ProcessRunner.Run(program, _versionArguments) ?? "").Split('\n')[0].Trim();
        string? package = program.StartsWith(cached, StringComparison.Ordinal)
            ? UnpackedVersion(cached)
            : ProcessRunner.Run("dpkg-query", ["-W", "-f", "${Version}", _package])?.Trim();
        return said.Any(char.IsDigit) ? said
            : package is { Length: > 0 } ? "package " + package
            : said.Length > 0 ? said : "unknown";
    }

    // A Debian changelog begins with the package and its version in parentheses (Debian policy, 4.4).
    private string? UnpackedVersion(string cached)
    {
        string path = Path.Combine(cached, "usr", "share", "doc", _package, "changelog.Debian.gz");
        if (!File.Exists(path))
        {
            return null;
        }

        using StreamReader changes = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        return changes.ReadLine()?.Split('(', ')').ElementAtOrDefault(1);
    }
}

/// <summary>The systems that can be compared with.</summary>
internal enum PeerName
{
    /// <summary>InfluxDB 1.x.</summary>
    Influxdb,

    /// <summary>ClickHouse.</summary>
    Clickhouse,

    /// <summary>VictoriaMetrics.</summary>
    Victoriametrics,

    /// <summary>DuckDB.</summary>
    Duckdb,
}
