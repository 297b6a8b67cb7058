using System.Reflection;

namespace TimeSeries.Agent;

/// <summary>
/// Settings of the agent. Section <c>TimeSeriesAgent</c> of the configuration, then the variables <c>TIMESERIES_AGENT__…</c>, then the code that adds the
/// agent; the last one wins. Checked when the host starts, and never read again.
/// </summary>
public sealed class TimeSeriesAgentOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "TimeSeriesAgent";

    /// <summary>What the names of environment variables begin with: <c>TIMESERIES_AGENT__TOKEN</c>.</summary>
    public const string EnvironmentSection = "TIMESERIES_AGENT";

    /// <summary>Whether anything is collected and sent. When false, the agent does nothing, and no other setting is checked.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Address of the server, with its path base if it has one: <c>http://127.0.0.1:5080</c>.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Token with scope <c>ingest</c>; it names the project. Never logged.</summary>
    public string Token { get; set; } = "";

    /// <summary>Name of this agent. Two processes with one name are one agent to the server.</summary>
    public string Oname { get; set; } = $"{EntryName}-{Environment.MachineName}";

    /// <summary>Kind of this agent: what its processes have in common.</summary>
    public string Okind { get; set; } = EntryName;

    /// <summary>Machine of this agent.</summary>
    public string Onode { get; set; } = Environment.MachineName;

    /// <summary>How long samples wait at most before they are sent, 0.1 s to 1 min.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Samples that may wait, 100 to 1,000,000. When one more comes, the oldest is dropped. Each takes about 250 bytes, taken at the start.</summary>
    public int QueueSamples { get; set; } = 16_384;

    /// <summary>Samples that one request holds at most, 1 to 100,000.</summary>
    public int BatchSamples { get; set; } = 4_096;

    /// <summary>How often the threads of the process are counted, from 1 s; zero never counts them.</summary>
    public TimeSpan ThreadInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stop waits at most until the last samples are sent.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one request may take, from 1 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether requests that ASP.NET Core serves become transactions.</summary>
    public bool AspNetCore { get; set; } = true;

    /// <summary>Whether commands of SqlClient and EF Core that have no activity of their own become statements.</summary>
    public bool Commands { get; set; } = true;

    /// <summary>
    /// The activity sources that are listened to besides ASP.NET Core's. Add the application's own: an activity without a parent becomes a transaction.
    /// </summary>
    public IList<string> Sources { get; } = ["System.Net.Http", "Npgsql"];

    /// <summary>Paths of requests that are left out, with everything below them: <c>/healthz</c>.</summary>
    public IList<string> IgnoredPaths { get; } = [];

    private static string EntryName => Assembly.GetEntryAssembly()?.GetName().Name ?? "dotnet";

    // Options are printed by many a debugger and log.
    public override string ToString() => $"{Oname} to {Endpoint}";
}
