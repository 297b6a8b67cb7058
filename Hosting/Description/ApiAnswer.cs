using System.Collections.Immutable;

namespace TimeSeries.Hosting.Description;

/// <summary>What a request may be answered with. Immutable.</summary>
/// <param name="Status">The status.</param>
/// <param name="Description">When it comes and what the caller should do.</param>
/// <param name="Contents">The forms that the body may have; none when there is no body.</param>
public sealed record ApiAnswer(int Status, string Description, params ImmutableArray<ApiContent> Contents)
{
    /// <summary>Headers that always come with it: name, what it holds, what it says.</summary>
    public ImmutableArray<(string Name, Shape Shape, string Description)> Headers { get; init; } = [];
}
