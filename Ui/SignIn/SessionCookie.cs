using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Ui.SignIn;

/// <summary>
/// The cookie that a browser is signed in with: hashes of the tokens of its projects, encrypted. It holds no token and no scope; both are looked up for each
/// request, so that a token that was taken away opens nothing. It also holds an id, by which signing out ends the session in every copy. Thread safe.
/// </summary>
internal sealed class SessionCookie(
    IDataProtectionProvider protection, SessionDirectory directory, ProjectDirectory projects, CallerWatch watch, TimeProvider clock)
{
    private const int TimeBytes = sizeof(long);
    private const int IdBytes = 16;
    private const int HeadBytes = TimeBytes + IdBytes;

    // A header of 8 KB holds as many.
    private const int MostProjects = 64;

    private static readonly TimeSpan _lifetime = TimeSpan.FromDays(7);

    private readonly IDataProtector _protector = protection.CreateProtector("session");

    private string Name => $"timeseries-{directory.Id}";

    /// <summary>Signs the browser in with a token, beside those that it has; the project of the token is the one shown.</summary>
    public void Add(HttpContext context, AuthenticatedProject caller)
    {
        BrowserSession? session = Find(context.Request);
        IEnumerable<AuthenticatedProject> others = session?.Callers.Where(other => other.Project.Pcode != caller.Project.Pcode) ?? [];
        Write(context, session?.Id ?? Convert.ToHexString(RandomNumberGenerator.GetBytes(IdBytes)), [caller, .. others.Take(MostProjects - 1)]);
        directory.NoteSignIn(clock.GetUtcNow());
    }

    /// <summary>Shows another of the browser's projects; nothing changes when it has none of that code.</summary>
    public void Switch(HttpContext context, long pcode)
    {
        if (Find(context.Request) is { } session && session.Callers.Find(other => other.Project.Pcode == pcode) is { } chosen)
        {
            Write(context, session.Id, [chosen, .. session.Callers.Where(other => other != chosen)]);
        }
    }

    /// <summary>Signs the browser out, and ends what is open in its session.</summary>
    public void Delete(HttpContext context)
    {
        if (Find(context.Request) is { } session)
        {
            watch.EndSession(session.Id, clock.GetUtcNow() + _lifetime);
        }

        context.Response.Cookies.Delete(Name, Options(context));
    }

    /// <summary>The session of a request; null when nobody is signed in. Only tokens that exist now and may read count.</summary>
    public BrowserSession? Find(HttpRequest request)
    {
        if (!request.Cookies.TryGetValue(Name, out string? text) || !TryUnprotect(text, out byte[]? bytes))
        {
            return null;
        }

        DateTimeOffset end = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(bytes)) + _lifetime;
        string id = Convert.ToHexString(bytes.AsSpan(TimeBytes, IdBytes));
        if (clock.GetUtcNow() >= end || watch.HasEnded(id))
        {
            return null;
        }

        List<AuthenticatedProject> callers = [];
        for (int at = HeadBytes; at + TokenHash.Size <= bytes.Length; at += TokenHash.Size)
        {
            if (projects.Find(TokenHash.FromBytes(bytes.AsSpan(at, TokenHash.Size))) is { } caller && caller.Scopes.HasFlag(Scopes.Read))
            {
                callers.Add(caller);
            }
        }

        return callers.Count > 0 ? new BrowserSession(id, end, callers) : null;
    }

    private bool TryUnprotect(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        try
        {
            bytes = _protector.Unprotect(Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/')));
        }
        catch (Exception failure) when (failure is CryptographicException or FormatException)
        {
            // Of another host, of keys that are gone, or made up: nobody is signed in.
        }

        return bytes?.Length >= HeadBytes;
    }

    private void Write(HttpContext context, string id, IReadOnlyList<AuthenticatedProject> callers)
    {
        byte[] bytes = new byte[HeadBytes + (callers.Count * TokenHash.Size)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, clock.GetUtcNow().ToUnixTimeMilliseconds());
        Convert.FromHexString(id).CopyTo(bytes, TimeBytes);
        for (int i = 0; i < callers.Count; i++)
        {
            callers[i].Token.CopyTo(bytes.AsSpan(HeadBytes + (i * TokenHash.Size)));
        }

        CookieOptions options = Options(context);
        options.MaxAge = _lifetime;
        context.Response.Cookies.Append(Name, Convert.ToBase64String(_protector.Protect(bytes)).Replace('+', '-').Replace('/', '_'), options);
    }

    private static CookieOptions Options(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        Path = context.Request.PathBase.HasValue ? context.Request.PathBase.Value : "/",
    };
}

/// <summary>A browser that is signed in.</summary>
/// <param name="Id">Of the session; it stays when the browser signs in to another project or switches.</param>
/// <param name="End">When it ends by itself.</param>
/// <param name="Callers">What its tokens give, at least one: the project shown first.</param>
internal sealed record BrowserSession(string Id, DateTimeOffset End, List<AuthenticatedProject> Callers);
