using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary>How the WhaTap Open API tells errors: <c>{"code":401,"message":"…","msg":"…"}</c>.</summary>
internal static class WhatapErrors
{
    public static ApiFamily Family { get; } = new("whatap", WriteAsync);

    public static Task WriteAsync(HttpContext context, int status, string message) =>
        JsonResponse.WriteWholeAsync(context, status, "application/json; charset=utf-8", json =>
        {
            json.WriteStartObject();
            json.WriteNumber("code"u8, status);
            json.WriteString("message"u8, message);
            json.WriteString("msg"u8, message);
            json.WriteEndObject();
        });

    /// <summary>Status and sentence of a token that gives nothing.</summary>
    public static (int Status, string Message) Of(TokenOutcome outcome) => outcome switch
    {
        TokenOutcome.Missing => (StatusCodes.Status401Unauthorized, $"The header {TokenAuthenticator.WhatapToken} is missing."),
        TokenOutcome.Unknown => (StatusCodes.Status401Unauthorized, "The token is unknown."),
        TokenOutcome.NoPcode => (StatusCodes.Status400BadRequest, $"The header {TokenAuthenticator.WhatapPcode} must be a project code, a number."),
        TokenOutcome.WrongProject => (StatusCodes.Status403Forbidden, "The token does not belong to this project."),
        TokenOutcome.NoScope => (StatusCodes.Status403Forbidden, "The token may not read."),
        TokenOutcome.Granted => throw new ArgumentOutOfRangeException(nameof(outcome)),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
