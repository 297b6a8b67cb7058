namespace TimeSeries.Core.Storage.Influx.Configuration;

/// <summary>
/// How InfluxDB is reached and written to, from <c>influx.env</c> and the environment. Never changed after the start. Its text shows no secret.
/// </summary>
public sealed record InfluxOptions
{
    /// <summary>Largest body before compression: every server's limit is at least 10 MiB, and above it some answer with a reset instead of 413.</summary>
    public const int MaxBatchBytes = 4 << 20;

    /// <summary>Address of the server, or of the load balancer before a cluster.</summary>
    public Uri Host { get; init; } = new("http://127.0.0.1:8086");

    /// <summary>What the paths of requests are relative to, ending in a slash. A path in <see cref="Host"/> is that of a proxy.</summary>
    internal Uri BaseAddress => Host.AbsolutePath.EndsWith('/') ? Host : new Uri(Host.AbsoluteUri + "/");

    /// <summary>The account of writes.</summary>
    public InfluxCredentials Credentials { get; init; } = InfluxCredentials.None;

    /// <summary>The account of queries: the read-only account when there is one, else that of writes.</summary>
    public InfluxCredentials ReadCredentials { get; init; } = InfluxCredentials.None;

    /// <summary>Organisation, for <see cref="InfluxWriteApi.V2"/> only.</summary>
    public string Org { get; init; } = "-";

    /// <summary>The organisation that <c>/api/v2/write</c> needs; empty to write to <c>/write</c>.</summary>
    internal string WriteOrg => WriteApi == InfluxWriteApi.V2 ? Org : "";

    public string Database { get; init; } = "apm";

    /// <summary>Retention policy; empty for the database's default.</summary>
    public string RetentionPolicy { get; init; } = "";

    /// <summary>Name of the bucket of 2.x.</summary>
    internal string Bucket => RetentionPolicy.Length > 0 ? $"{Database}/{RetentionPolicy}" : Database;

    public InfluxWriteApi WriteApi { get; init; } = InfluxWriteApi.V1;

    /// <summary>Creates the database when it is missing (1.x only).</summary>
    public bool CreateDatabase { get; init; } = true;

    /// <summary>How long a database that we create keeps its samples; null means no limit.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>Time allowed for one request.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Compresses what is sent. Off: it costs both sides more processor time than a fast network saves (measured in docs/performance.md).</summary>
    public bool Gzip { get; init; }

    /// <summary>Lines at which a write is sent.</summary>
    public int BatchLines { get; init; } = 5_000;

    /// <summary>Bytes at which a write is sent, before compression.</summary>
    public int BatchBytes { get; init; } = 1 << 20;

    /// <summary>Age at which a write is sent.</summary>
    public TimeSpan FlushAge { get; init; } = TimeSpan.FromSeconds(1);

    public override string ToString() => $"{Host} {Database} ({Credentials})";
}

/// <summary>Which endpoint takes the lines.</summary>
public enum InfluxWriteApi : byte
{
    /// <summary><c>/write?db&amp;rp</c>: every version.</summary>
    V1,

    /// <summary><c>/api/v2/write?bucket&amp;org</c>: 1.8 and later.</summary>
    V2,
}

/// <summary>What a host does with InfluxDB.</summary>
[Flags]
public enum InfluxRoles : byte
{
    None = 0,

    /// <summary>Writes samples and rollups.</summary>
    Writer = 1,

    /// <summary>Queries them.</summary>
    Reader = 2,
}
