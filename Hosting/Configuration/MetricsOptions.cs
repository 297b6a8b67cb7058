using System.ComponentModel;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Section <c>Metrics</c>.</summary>
public sealed class MetricsOptions
{
    public const string Section = "Metrics";

    [Description("Lets anyone read /metrics without a token")]
    [TypeConverter(typeof(FlagConverter))]
    public bool AllowAnonymous { get; init; }
}
