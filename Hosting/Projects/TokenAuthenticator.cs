using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using TimeSeries.Hosting.Authentication;

namespace TimeSeries.Hosting.Projects;

/// <summary>
/// Reads the token of a request: <c>Authorization: Bearer</c>, which names its project by itself, or <c>x-whatap-token</c> with <c>x-whatap-pcode</c>.
/// Checks token, project code, whether they belong together, and scope, in this order. Never shows a token.
/// </summary>
public static class TokenAuthenticator
{
    public const string WhatapToken = "x-whatap-token";
    public const string WhatapPcode = "x-whatap-pcode";
    private const string Bearer = "Bearer ";

    /// <summary>Takes either form; with both, the Bearer token. Checks the scope too.</summary>
    public static TokenCheck Read(HttpRequest request, ProjectDirectory projects, Scopes scope)
    {
        TokenCheck check = StringValues.IsNullOrEmpty(request.Headers.Authorization) && request.Headers.ContainsKey(WhatapToken)
            ? ReadWhatap(request, projects)
            : ReadBearer(request, projects);
        return WithScope(check, scope);
    }

    /// <summary>
    /// Takes the whole of <c>Authorization</c>, with <c>Bearer</c> before the token or without, or <c>x-whatap-token</c>, whose project code may be absent.
    /// Checks the scope too.
    /// </summary>
    public static TokenCheck ReadAny(HttpRequest request, ProjectDirectory projects, Scopes scope)
    {
        bool isWhatap = request.Headers.TryGetValue(WhatapToken, out StringValues token) && StringValues.IsNullOrEmpty(request.Headers.Authorization);
        TokenCheck check = !isWhatap ? ReadRaw(request, projects)
            : request.Headers.ContainsKey(WhatapPcode) ? ReadWhatap(request, projects)
            : Check(token.ToString(), projects);
        return WithScope(check, scope);
    }

    /// <summary>Takes a token that a protocol has found in its own way. Checks the scope too.</summary>
    public static TokenCheck ReadToken(ReadOnlySpan<char> token, ProjectDirectory projects, Scopes scope)
    {
        return WithScope(Check(token, projects), scope);
    }

    /// <summary>Takes <c>Authorization: Bearer</c> only.</summary>
    public static TokenCheck ReadBearer(HttpRequest request, ProjectDirectory projects)
    {
        string authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? Check(authorization.AsSpan(Bearer.Length).Trim(), projects)
            : new TokenCheck(TokenOutcome.Missing, null);
    }

    /// <summary>Takes the whole of <c>Authorization</c>, with <c>Bearer</c> before it or without.</summary>
    public static TokenCheck ReadRaw(HttpRequest request, ProjectDirectory projects)
    {
        ReadOnlySpan<char> token = request.Headers.Authorization.ToString();
        token = token.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? token[Bearer.Length..] : token;
        return Check(token.Trim(), projects);
    }

    /// <summary>Takes <c>x-whatap-token</c> and <c>x-whatap-pcode</c> only.</summary>
    public static TokenCheck ReadWhatap(HttpRequest request, ProjectDirectory projects)
    {
        TokenCheck check = Check(request.Headers[WhatapToken].ToString(), projects);
        if (!check.IsGranted)
        {
            return check;
        }

        if (!long.TryParse(request.Headers[WhatapPcode].ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long pcode))
        {
            return new TokenCheck(TokenOutcome.NoPcode, null);
        }

        return check.AuthenticatedProject.Project.Pcode == pcode ? check : new TokenCheck(TokenOutcome.WrongProject, null);
    }

    private static TokenCheck WithScope(in TokenCheck check, Scopes scope) =>
        check.IsGranted && (check.AuthenticatedProject.Scopes & scope) != scope ? new TokenCheck(TokenOutcome.NoScope, null) : check;

    private static TokenCheck Check(ReadOnlySpan<char> token, ProjectDirectory projects)
    {
        if (token.IsEmpty)
        {
            return new TokenCheck(TokenOutcome.Missing, null);
        }

        return projects.FindToken(token) is { } caller ? new TokenCheck(TokenOutcome.Granted, caller) : new TokenCheck(TokenOutcome.Unknown, null);
    }
}

/// <summary>What a token gives.</summary>
/// <param name="Project">The project that the token belongs to.</param>
/// <param name="Scopes">What it is good for.</param>
/// <param name="Token">Hash of the token: who pushes, where no agent is named.</param>
public sealed record AuthenticatedProject(Project Project, Scopes Scopes, TokenHash Token)
{
    /// <summary>The caller as the framework's authorization sees it. Made once; do not change it.</summary>
    public ClaimsPrincipal Principal { get; } = ProjectClaims.Create("token", Project, Scopes, Token);
}

/// <summary>Outcome of reading a request's token, with what it gives when it is granted.</summary>
public readonly record struct TokenCheck(TokenOutcome Outcome, AuthenticatedProject? AuthenticatedProject)
{
    [MemberNotNullWhen(true, nameof(AuthenticatedProject))]
    public bool IsGranted => Outcome == TokenOutcome.Granted;
}

/// <summary>What came of reading a request's token; each API family turns it into its own error.</summary>
public enum TokenOutcome
{
    Granted,

    /// <summary>The request has no token (401).</summary>
    Missing,

    /// <summary>No project has the token (401).</summary>
    Unknown,

    /// <summary>The token came without a project code, or with one that is no number (400).</summary>
    NoPcode,

    /// <summary>The project code names an unknown project or another than the token's (403).</summary>
    WrongProject,

    /// <summary>The token lacks the scope (403).</summary>
    NoScope,
}
