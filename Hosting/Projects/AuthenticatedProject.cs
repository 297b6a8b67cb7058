namespace TimeSeries.Hosting.Projects;

/// <summary>What a known token gives.</summary>
/// <param name="Project">The project that the token belongs to.</param>
/// <param name="Scopes">What it is good for.</param>
/// <param name="Token">Hash of the token: who pushes, where no agent is named.</param>
public sealed record AuthenticatedProject(Project Project, Scopes Scopes, TokenHash Token);
