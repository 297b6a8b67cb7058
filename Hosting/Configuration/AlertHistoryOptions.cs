using System.ComponentModel;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Section <c>AlertHistory</c>.</summary>
public sealed class AlertHistoryOptions
{
    public const string Section = "AlertHistory";

    [Description("Lets anyone read alerts of the first project without a token")]
    [TypeConverter(typeof(FlagConverter))]
    public bool AllowAnonymous { get; init; }
}
