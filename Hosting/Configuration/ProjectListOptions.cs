using System.ComponentModel.DataAnnotations;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Section <c>Projects</c>: all projects that are configured; none lets the Server make one.</summary>
public sealed class ProjectListOptions : IValidatableObject
{
    public const string Section = "Projects";

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
                yield return new ValidationResult($"pcode {project.Pcode} stands twice", [$"{i}:{nameof(project.Pcode)}"]);
            }

            for (int j = 0; j < project.Tokens.Count; j++)
            {
                if (TokenHash.Of(project.Tokens[j]) is { } hash && !tokens.Add(hash))
                {
                    yield return new ValidationResult("the token stands twice; it must name one project", [$"{i}:{nameof(project.Tokens)}:{j}"]);
                }
            }

            for (int j = 0; j < project.AccessKeys.Count; j++)
            {
                if (project.AccessKeys[j].Id.Length > 0 && !keys.Add(project.AccessKeys[j].Id))
                {
                    yield return new ValidationResult("the id stands twice", [$"{i}:{nameof(project.AccessKeys)}:{j}:{nameof(AccessKeyOptions.Id)}"]);
                }
            }
        }
    }
}
