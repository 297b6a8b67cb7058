using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace TimeSeries.Hosting.Configuration;

/// <summary>One of <c>Projects:n</c>: a project with its tokens and keys.</summary>
public sealed class ProjectOptions
{
    // APDEX commonly takes 1.2 s; WhaTap's default is the same.
    public const int DefaultApdexThreshold = 1_200;

    [Description("Project code, a positive whole number")]
    [Required]
    [Range(1L, long.MaxValue)]
    public long Pcode { get; init; }

    [Description("Name for people")]
    public string Name { get; init; } = "";

    [Description("Apdex threshold in ms")]
    [Range(1, 3_600_000)]
    public int ApdexThreshold { get; init; } = DefaultApdexThreshold;

    [Description("Tokens that may use the project")]
    public IReadOnlyList<TokenOptions> Tokens { get; init; } = [];

    [Description("Access keys that sign requests")]
    public IReadOnlyList<AccessKeyOptions> AccessKeys { get; init; } = [];
}
