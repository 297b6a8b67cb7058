using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.Tyk;

/// <summary>How the Tyk Dashboard API tells errors: <c>{"Status":"Error","Message":"…","Meta":null}</c>.</summary>
internal static class TykErrors
{
    public static ApiFamily Family { get; } = new("tyk", WriteAsync);

    public static Task WriteAsync(HttpContext context, int status, string message) =>
        JsonResponse.WriteWholeAsync(context, status, "application/json; charset=utf-8", json =>
        {
            json.WriteStartObject();
            json.WriteString("Status"u8, "Error"u8);
            json.WriteString("Message"u8, message);
            json.WriteNull("Meta"u8);
            json.WriteEndObject();
        });

    /// <summary>Status and sentence of a token that gives nothing.</summary>
    public static (int Status, string Message) Of(TokenOutcome outcome) => outcome == TokenOutcome.NoScope
        ? (StatusCodes.Status403Forbidden, "The token may not read.")
        : (StatusCodes.Status401Unauthorized, "Not authorised");
}
