using System.Diagnostics.CodeAnalysis;

namespace TimeSeries.Hosting.Projects;

/// <summary>Outcome of reading a request's token, with what it gives when it is granted.</summary>
public readonly record struct TokenCheck(TokenOutcome Outcome, AuthenticatedProject? AuthenticatedProject)
{
    [MemberNotNullWhen(true, nameof(AuthenticatedProject))]
    public bool IsGranted => Outcome == TokenOutcome.Granted;
}
