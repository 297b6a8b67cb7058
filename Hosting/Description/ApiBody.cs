using System.Collections.Immutable;

namespace TimeSeries.Hosting.Description;

/// <summary>The body of a request, which must be there. Immutable.</summary>
/// <param name="Description">What it is.</param>
/// <param name="Contents">The forms it may have.</param>
public sealed record ApiBody(string Description, ImmutableArray<ApiContent> Contents);
