using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.Ncp;

/// <summary>
/// API Gateway of the NAVER Cloud Platform, search of the event history. A request is checked for method, signature, path and body, in this order.
/// Errors are <c>{"error":{"errorCode":"200","message":"Authentication Failed","details":"…"}}</c>: the code is one of a few, the message is that of
/// the code, and the details say what is wrong.
/// </summary>
internal sealed class NcpModule() : ApiModule("ncp", [Prefix, LongPrefix], "ncp")
{
    public const string Prefix = "/dashboards";
    public const string LongPrefix = "/api/v1/dashboards";

    /// <summary>The path behind either prefix.</summary>
    public const string Search = "/events/search";

    protected override string[] Methods { get; } = [HttpMethods.Post];

    public override void AddServices(IServiceCollection services) =>
        services.AddScheme<NcpSignatureHandler>("ncp").AddSingleton<NcpEndpoint>().AddSingleton<IApiDescription, NcpDescription>();

    public override Task WriteErrorAsync(HttpContext context, int status, string detail) =>
        JsonResponse.WriteWholeAsync(context, status, "application/json; charset=utf-8", json =>
        {
            (string code, string message) = ErrorOf(status);
            json.WriteStartObject();
            json.WriteStartObject("error"u8);
            json.WriteString("errorCode"u8, code);
            json.WriteString("message"u8, message);
            json.WriteString("details"u8, detail);
            json.WriteEndObject();
            json.WriteEndObject();
        });

    /// <summary>Code and message of a status. The gateway has no code for a method that is not allowed: nothing is found there.</summary>
    public static (string Code, string Message) ErrorOf(int status) => status switch
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

    protected override void Map(RouteGroupBuilder routes) => Map<NcpEndpoint>(routes, Search, static (endpoint, context) => endpoint.HandleAsync(context));

    protected override string NotFound(HttpRequest request) => $"There are {Prefix}{Search} and {LongPrefix}{Search}.";
}
