using Microsoft.AspNetCore.WebUtilities;
using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.Own;

/// <summary>How <c>/api/v1</c> tells errors: problem details (RFC 9457).</summary>
internal static class OwnErrors
{
    public static ApiFamily Family { get; } = new("own", WriteAsync);

    public static Task WriteAsync(HttpContext context, int status, string message)
    {
        if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return JsonAnswer.WriteWholeAsync(context, status, "application/problem+json", json =>
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "about:blank"u8);
            json.WriteString("title"u8, ReasonPhrases.GetReasonPhrase(status));
            json.WriteNumber("status"u8, status);
            json.WriteString("detail"u8, message);
            json.WriteEndObject();
        });
    }

    /// <summary>Status and sentence of a token that gives nothing.</summary>
    public static (int Status, string Message) Of(TokenOutcome outcome) => outcome switch
    {
        TokenOutcome.Missing => (StatusCodes.Status401Unauthorized, "A token is needed: Authorization: Bearer <token>."),
        TokenOutcome.Unknown => (StatusCodes.Status401Unauthorized, "The token is unknown."),
        TokenOutcome.NoPcode => (StatusCodes.Status400BadRequest, "The project code must be a number."),
        TokenOutcome.WrongProject => (StatusCodes.Status403Forbidden, "The token does not belong to this project."),
        TokenOutcome.NoScope => (StatusCodes.Status403Forbidden, "The token may not read."),
        TokenOutcome.Granted => (StatusCodes.Status200OK, ""),
    };
}
