using System.ComponentModel;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Server.Probe;

/// <summary>Section <c>Probe</c>: the server checks itself.</summary>
public sealed class ProbeOptions
{
    public const string Section = "Probe";

    // Off: it writes some thirty samples and makes some sixty small queries a minute, on hosts too that nobody uses.
    [Description("Whether the server writes known samples into its own project each minute, reads them back by every API and tells what differs")]
    [TypeConverter(typeof(FlagConverter))]
    public bool Enabled { get; init; }

    [Description("Address at which it reads and writes, like the one that clients have; by default the first that the server listens on")]
    public string Url { get; init; } = "";
}
