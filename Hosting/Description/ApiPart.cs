using System.Collections.Immutable;

namespace TimeSeries.Hosting.Description;

/// <summary>The part of the document that one API family contributes. Immutable.</summary>
/// <param name="Tag">The name that its operations are listed under.</param>
/// <param name="Summary">What the family is, in a sentence or a few.</param>
public sealed record ApiPart(string Tag, string Summary)
{
    public required ImmutableArray<ApiOperation> Operations { get; init; }

    /// <summary>Schemas by name; two parts may bring the same one.</summary>
    public ImmutableArray<(string Name, Shape Shape)> Schemas { get; init; } = [];

    public ImmutableArray<ApiScheme> Schemes { get; init; } = [];
}
