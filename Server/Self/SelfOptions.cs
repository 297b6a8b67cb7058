using System.ComponentModel;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Server.Self;

/// <summary>Section <c>Self</c>: the server watches itself.</summary>
public sealed partial class SelfOptions
{
    public const string Section = "Self";

    // A shared store keeps all samples for the same time.
    [Description("Whether the server keeps its own requests, exceptions and threads, for a week, in a project of their own (embedded store only)")]
    [TypeConverter(typeof(FlagConverter))]
    public bool Enabled { get; init; } = true;

    [Description("Project code of that project; no other project may have it")]
    [ValueRange("1")]
    public long Pcode { get; init; } = 9_000_000_000;

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<SelfOptions>;
}
