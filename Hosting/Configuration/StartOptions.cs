using System.ComponentModel;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Section <c>Start</c>.</summary>
public sealed class StartOptions
{
    public const string Section = "Start";

    [Description("Whether a start compiles what requests need before it takes them, which takes a second at most")]
    [TypeConverter(typeof(FlagConverter))]
    public bool WarmUp { get; init; } = true;
}
