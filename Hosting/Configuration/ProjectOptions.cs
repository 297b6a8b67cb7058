using System.ComponentModel;
using Microsoft.Extensions.Options;

namespace TimeSeries.Hosting.Configuration;

/// <summary>One of <c>Projects:n</c>: a project with its tokens and keys.</summary>
public sealed class ProjectOptions
{
    // APDEX commonly takes 1.2 s; WhaTap's default is the same.
    public const int DefaultApdexThreshold = 1_200;

    [Description("Project code, a positive whole number")]
    [RequiredValue]
    [ValueRange("1")]
    public long Pcode { get; init; }

    [Description("Name for people")]
    public string Name { get; init; } = "";

    [Description("Apdex threshold in ms")]
    [ValueRange("1", "3600000")]
    public int ApdexThreshold { get; init; } = DefaultApdexThreshold;

    [ValidateEnumeratedItems]
    [Description("Tokens that may use the project")]
    public IReadOnlyList<TokenOptions> Tokens { get; init; } = [];

    [ValidateEnumeratedItems]
    [Description("Access keys that sign requests")]
    public IReadOnlyList<AccessKeyOptions> AccessKeys { get; init; } = [];
}
