using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Alerting;

/// <summary>Section <c>Alerting</c>: rules that raise alerts, and who is told.</summary>
public sealed partial class AlertingOptions : IValidatableObject
{
    public const string Section = "Alerting";

    // Many Query processes have the same rules; one of them is enough.
    [Description("Whether alert rules are evaluated here: auto (where samples are taken too), true or false")]
    public AlertingMode Enabled { get; init; } = AlertingMode.Auto;

    // Agents gather for some seconds before they send.
    [Description("How long samples may be on their way before a rule looks at them")]
    [ValueRange("0s", "10m")]
    [TypeConverter(typeof(DurationText.Converter))]
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(10);

    [Description("How far back evaluations are made up for that were missed")]
    [ValueRange("0s", "1d")]
    [TypeConverter(typeof(DurationText.Converter))]
    public TimeSpan CatchUp { get; init; } = TimeSpan.FromHours(1);

    [Description("Folder of rules, silences and receivers; by default rules/ in Storage:Directory, and needed where there is none")]
    public string Directory { get; init; } = "";

    [Description("Whether rules, silences and receivers are deployed as files, so that the API does not change them")]
    [TypeConverter(typeof(FlagConverter))]
    public bool ReadOnly { get; init; }

    [Description("Where alerts are pushed when this process takes no samples, like https://ingest:5080")]
    public string IngestUrl { get; init; } = "";

    [Description("Token for Alerting:IngestUrl; several, separated by commas, for rules of several projects")]
    [Secret]
    public string Token { get; init; } = "";

    [Description("Whether receivers are told of alerts that agents push, too")]
    [TypeConverter(typeof(FlagConverter))]
    public bool NotifyPushed { get; init; }

    [Description("Whether receivers may be on this machine")]
    [TypeConverter(typeof(FlagConverter))]
    public bool AllowLoopbackTargets { get; init; }

    [Description("Whether receivers must have a public address")]
    [TypeConverter(typeof(FlagConverter))]
    public bool PublicTargetsOnly { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IngestUrl.Length > 0 && !(Uri.TryCreate(IngestUrl, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"))
        {
            yield return validationContext.Error(nameof(IngestUrl), "must be an address like https://ingest:5080");
        }
    }

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<AlertingOptions>;
}

/// <summary>Whether a host evaluates rules.</summary>
[TypeConverter(typeof(NameConverter<AlertingMode>))]
public enum AlertingMode
{
    /// <summary>Where samples are taken too.</summary>
    Auto,

    True,

    False,
}
