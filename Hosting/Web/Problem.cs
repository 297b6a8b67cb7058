using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Hosting.Web;

/// <summary>Writes errors as <c>application/problem+json</c> (RFC 9457).</summary>
public static class Problem
{
    public const string ContentType = "application/problem+json";

    /// <summary>Responds with a problem. Does nothing once the response has begun.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status.</param>
    /// <param name="detail">What is wrong, for the caller; gives no secret away.</param>
    /// <param name="extend">Writes further members.</param>
    public static Task WriteAsync(HttpContext context, int status, string detail, Action<Utf8JsonWriter>? extend = null)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        ArrayBufferWriter<byte> body = new(256);
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "about:blank"u8);
            json.WriteString("title"u8, ReasonPhrases.GetReasonPhrase(status));
            json.WriteNumber("status"u8, status);
            json.WriteString("detail"u8, detail);
            extend?.Invoke(json);
            json.WriteEndObject();
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = body.WrittenCount;

        // Not cancelled with the request: a sender that ended its side too early still reads what was wrong.
        return context.Response.Body.WriteAsync(body.WrittenMemory, CancellationToken.None).AsTask();
    }
}

/// <summary>The problem that a request without a good token gets, where a family has no shape of its own.</summary>
public static class TokenProblem
{
    public static Task WriteAsync(HttpContext context, TokenOutcome outcome, Scopes scope)
    {
        (int status, string detail) = outcome switch
        {
            TokenOutcome.Missing => (StatusCodes.Status401Unauthorized,
                "A token is needed: Authorization: Bearer, or x-whatap-token with x-whatap-pcode."),
            TokenOutcome.Unknown => (StatusCodes.Status401Unauthorized, "The token is unknown."),
            TokenOutcome.NoPcode => (StatusCodes.Status400BadRequest, "x-whatap-pcode must be a project code."),
            TokenOutcome.WrongProject => (StatusCodes.Status403Forbidden, "The token belongs to another project than x-whatap-pcode says."),
            TokenOutcome.NoScope => (StatusCodes.Status403Forbidden, $"The token lacks the scope {scope.ToString().ToLowerInvariant()}."),
            TokenOutcome.Granted => throw new ArgumentOutOfRangeException(nameof(outcome)),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
        };
        if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return Problem.WriteAsync(context, status, detail);
    }
}
