using System.Globalization;
using System.Security.Claims;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Hosting.Authentication;

/// <summary>What is said of an authenticated caller: the code of its project, and each of its scopes.</summary>
public static class ProjectClaims
{
    internal const string Scope = "scope";

    private const string ProjectCode = "pcode";
    private const string Token = "token";
    private const string SessionId = "session";
    private const string SessionEnd = "session end";

    private static readonly Scopes[] _scopes = [Scopes.Ingest, Scopes.Read, Scopes.Admin];

    /// <summary>A caller with some scopes of a project; without a project, of the host.</summary>
    public static ClaimsPrincipal Create(string scheme, Project? project, Scopes scopes, TokenHash? token = null)
    {
        ClaimsIdentity identity = new(scheme);
        if (project is not null)
        {
            identity.AddClaim(new Claim(ProjectCode, project.Pcode.ToString(CultureInfo.InvariantCulture)));
        }

        if (token is { } hash)
        {
            identity.AddClaim(new Claim(Token, hash.ToText()));
        }

        foreach (Scopes scope in _scopes)
        {
            if (scopes.HasFlag(scope))
            {
                identity.AddClaim(new Claim(Scope, scope.ToString()));
            }
        }

        return new ClaimsPrincipal(identity);
    }

    /// <summary>The same caller, in a session of a browser.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="id">The session.</param>
    /// <param name="end">When it ends by itself.</param>
    public static ClaimsPrincipal InSession(this ClaimsPrincipal caller, string id, DateTimeOffset end) => new(
    [
        .. caller.Identities,
        new ClaimsIdentity(
            [new Claim(SessionId, id), new Claim(SessionEnd, end.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture))]),
    ]);

    /// <summary>The caller's session, and when it ends by itself; null when it has none.</summary>
    public static (string Id, DateTimeOffset End)? Session(this ClaimsPrincipal caller) =>
        caller.FindFirst(SessionId) is { } id && caller.FindFirst(SessionEnd) is { } end
            ? (id.Value, DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(end.Value, CultureInfo.InvariantCulture)))
            : null;

    /// <summary>Whether the caller has the scope admin.</summary>
    public static bool IsAdmin(this ClaimsPrincipal caller) => caller.HasClaim(Scope, nameof(Scopes.Admin));

    /// <summary>The hash of the caller's token; null when it has none.</summary>
    public static TokenHash? TokenHash(this ClaimsPrincipal caller) =>
        caller.FindFirst(Token) is { } claim ? Projects.TokenHash.Parse(claim.Value) : null;

    /// <summary>The code of the caller's project.</summary>
    /// <exception cref="InvalidOperationException">The caller has no project.</exception>
    public static long Pcode(this ClaimsPrincipal caller) => caller.FindFirst(ProjectCode) is { } claim
        ? long.Parse(claim.Value, CultureInfo.InvariantCulture)
        : throw new InvalidOperationException("The endpoint takes callers without a project.");
}
