using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Section <c>Projects</c>: all projects that are configured; none lets the Server make one.</summary>
public sealed partial class ProjectListOptions : IValidatableObject
{
    public const string Section = "Projects";

    [ValidateEnumeratedItems]
    public IReadOnlyList<ProjectOptions> Projects { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        HashSet<long> pcodes = [];
        HashSet<TokenHash> tokens = [];
        HashSet<string> keys = new(StringComparer.Ordinal);
        for (int i = 0; i < Projects.Count; i++)
        {
            ProjectOptions project = Projects[i];
            if (project.Pcode > 0 && !pcodes.Add(project.Pcode))
            {
                yield return validationContext.Error($"{i}:{nameof(project.Pcode)}", $"pcode {project.Pcode} stands twice");
            }

            for (int j = 0; j < project.Tokens.Count; j++)
            {
                if (TokenHash.Of(project.Tokens[j]) is { } hash && !tokens.Add(hash))
                {
                    yield return validationContext.Error($"{i}:{nameof(project.Tokens)}:{j}", "the token stands twice; it must name one project");
                }
            }

            for (int j = 0; j < project.AccessKeys.Count; j++)
            {
                if (project.AccessKeys[j].Id.Length > 0 && !keys.Add(project.AccessKeys[j].Id))
                {
                    yield return validationContext.Error($"{i}:{nameof(project.AccessKeys)}:{j}:{nameof(AccessKeyOptions.Id)}", "the id stands twice");
                }
            }
        }
    }

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<ProjectListOptions>;
}
