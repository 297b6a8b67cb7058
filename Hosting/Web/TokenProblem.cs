using Microsoft.AspNetCore.Http;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Hosting.Web;

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
