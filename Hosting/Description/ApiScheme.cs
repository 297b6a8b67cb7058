namespace TimeSeries.Hosting.Description;

/// <summary>A way to prove who asks: a header of a name, or the Bearer scheme of the Authorization header. Immutable.</summary>
/// <param name="Name">Its name in the document.</param>
/// <param name="Header">The header that holds the proof; null for <c>Authorization: Bearer</c>.</param>
/// <param name="Description">What stands in it.</param>
public sealed record ApiScheme(string Name, string? Header, string Description);
