using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Ui.SignIn;

/// <summary>
/// The cookie that a browser is signed in with: hashes of the tokens of its projects, encrypted. It holds no token and no scope; both are looked up for each
/// request, so that a token that was taken away opens nothing. Thread safe.
/// </summary>
internal sealed class SessionCookie(IDataProtectionProvider protection, SessionDirectory directory, ProjectDirectory projects, TimeProvider clock)
{
    private const int TimeBytes = sizeof(long);

    // A header of 8 KB holds as many.
    private const int MostProjects = 64;

    private static readonly TimeSpan _lifetime = TimeSpan.FromDays(7);

    private readonly IDataProtector _protector = protection.CreateProtector("session");

    private string Name => $"timeseries-{directory.Id}";

    /// <summary>Signs the browser in with a token, beside those that it has; the project of the token is the one shown.</summary>
    public void Add(HttpContext context, AuthenticatedProject caller)
    {
        List<AuthenticatedProject> callers = Read(context.Request);
        callers.RemoveAll(other => other.Project.Pcode == caller.Project.Pcode);
        Write(context, [caller, .. callers.Take(MostProjects - 1)]);
        directory.NoteSignIn(clock.GetUtcNow());
    }

    /// <summary>Shows another of the browser's projects; nothing changes when it has none of that code.</summary>
    public void Switch(HttpContext context, long pcode)
    {
        List<AuthenticatedProject> callers = Read(context.Request);
        if (callers.Find(other => other.Project.Pcode == pcode) is { } chosen)
        {
            callers.Remove(chosen);
            Write(context, [chosen, .. callers]);
        }
    }

    /// <summary>Signs the browser out.</summary>
    public void Delete(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context));

    /// <summary>Whose the request is: the project shown first; empty when nobody is signed in. Only tokens that exist now and may read count.</summary>
    public List<AuthenticatedProject> Read(HttpRequest request)
    {
        List<AuthenticatedProject> callers = [];
        if (!request.Cookies.TryGetValue(Name, out string? text) || !TryUnprotect(text, out byte[]? bytes))
        {
            return callers;
        }

        DateTimeOffset issued = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(bytes));
        if (clock.GetUtcNow() - issued > _lifetime)
        {
            return callers;
        }

        for (int at = TimeBytes; at + TokenHash.Size <= bytes.Length; at += TokenHash.Size)
        {
            if (projects.Find(TokenHash.FromBytes(bytes.AsSpan(at, TokenHash.Size))) is { } caller && caller.Scopes.HasFlag(Scopes.Read))
            {
                callers.Add(caller);
            }
        }

        return callers;
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

        return bytes?.Length >= TimeBytes;
    }

    private void Write(HttpContext context, IReadOnlyList<AuthenticatedProject> callers)
    {
        byte[] bytes = new byte[TimeBytes + (callers.Count * TokenHash.Size)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, clock.GetUtcNow().ToUnixTimeMilliseconds());
        for (int i = 0; i < callers.Count; i++)
        {
            callers[i].Token.CopyTo(bytes.AsSpan(TimeBytes + (i * TokenHash.Size)));
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
