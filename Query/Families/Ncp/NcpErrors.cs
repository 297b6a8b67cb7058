using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.Ncp;

/// <summary>
/// How the API Gateway of the NAVER Cloud Platform tells errors: <c>{"error":{"errorCode":"200","message":"Authentication Failed","details":"…"}}</c>,
/// where the code is one of a few, the message that of the code, and the details say what is wrong.
/// </summary>
internal static class NcpErrors
{
    public static ApiFamily Family { get; } = new("ncp", WriteAsync);

    public static Task WriteAsync(HttpContext context, int status, string details) =>
        JsonResponse.WriteWholeAsync(context, status, "application/json; charset=utf-8", json =>
        {
            (string code, string message) = Of(status);
            json.WriteStartObject();
            json.WriteStartObject("error"u8);
            json.WriteString("errorCode"u8, code);
            json.WriteString("message"u8, message);
            json.WriteString("details"u8, details);
            json.WriteEndObject();
            json.WriteEndObject();
        });

    /// <summary>Code and message of a status. The gateway knows no method that is not allowed: what is not called rightly is not found.</summary>
    public static (string Code, string Message) Of(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => ("200", "Authentication Failed"),
        StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed => ("300", "Not Found Exception"),
        StatusCodes.Status413PayloadTooLarge => ("430", "Request Entity Too Large"),
        StatusCodes.Status429TooManyRequests => ("410", "Throttle Limited"),
        StatusCodes.Status503ServiceUnavailable => ("500", "Endpoint Error"),
        StatusCodes.Status504GatewayTimeout => ("510", "Endpoint Timeout"),
        < StatusCodes.Status500InternalServerError => ("100", "Bad Request Exception"),
        _ => ("900", "Unexpected Error"),
    };
}
