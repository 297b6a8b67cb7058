using System.Collections.Immutable;

namespace TimeSeries.Hosting.Description;

/// <summary>One method of one path. Immutable.</summary>
/// <param name="Method">The method in lower case, as OpenAPI writes it.</param>
/// <param name="Path">The path with parameters in braces.</param>
public sealed record ApiOperation(string Method, string Path)
{
    /// <summary>A name that no other operation has, for generated clients.</summary>
    public required string Id { get; init; }

    public required string Summary { get; init; }

    public string Description { get; init; } = "";

    public ImmutableArray<ApiParameter> Parameters { get; init; } = [];

    public ApiBody? Body { get; init; }

    public required ImmutableArray<ApiAnswer> Answers { get; init; }

    /// <summary>Ways to prove who asks, each the names of the schemes that it needs together; an empty one means that none is needed.</summary>
    public ImmutableArray<ImmutableArray<string>> Security { get; init; } = [];
}
