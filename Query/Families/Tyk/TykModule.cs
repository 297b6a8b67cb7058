using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.Tyk;

/// <summary>
/// Tyk Dashboard, analytics of a key and of an OAuth client. A request is checked for method, token, scope, path and parameters, in this order.
/// Errors are <c>{"Status":"Error","Message":"…","Meta":null}</c>.
/// </summary>
internal sealed class TykModule() : ApiModule("tyk", [Prefix], "tyk")
{
    public const string Prefix = "/api/activity";

    private const string Days = "{startDay}/{startMonth}/{startYear}/{endDay}/{endMonth}/{endYear}";

    public override void AddServices(IServiceCollection services) =>
        services.AddScheme<TykTokenHandler>("tyk").AddSingleton<TykEndpoint>().AddSingleton<IApiDescription, TykDescription>();

    public override Task WriteErrorAsync(HttpContext context, int status, string detail) =>
        JsonResponse.WriteWholeAsync(context, status, "application/json; charset=utf-8", json =>
        {
            json.WriteStartObject();
            json.WriteString("Status"u8, "Error"u8);
            json.WriteString("Message"u8, detail);
            json.WriteNull("Meta"u8);
            json.WriteEndObject();
        });

    protected override void Map(RouteGroupBuilder routes)
    {
        Map<TykEndpoint>(routes, $"/keys/endpoint/{{keyHash}}/{Days}", static (endpoint, context) => endpoint.HandleAsync(context, "api_key"));
        Map<TykEndpoint>(routes, $"/oauthid/endpoint/{{clientId}}/{Days}", static (endpoint, context) => endpoint.HandleAsync(context, "oauth_id"));
    }

    protected override string NotFound(HttpRequest request) =>
        "There are keys/endpoint/{key}/{d}/{m}/{y}/{d}/{m}/{y} and oauthid/endpoint/{client}/{d}/{m}/{y}/{d}/{m}/{y}.";
}

/// <summary>Authenticates by the header <c>authorization</c>: the vendor's clients send the bare token, others the usual form.</summary>
internal sealed class TykTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ProjectDirectory projects)
    : ProjectTokenHandler(options, loggers, encoder)
{
    protected override TokenCheck Read() => TokenAuthenticator.ReadRaw(Request, projects);

    protected override Task RefuseAsync(TokenOutcome outcome) => outcome == TokenOutcome.NoScope
        ? Context.WriteErrorAsync(StatusCodes.Status403Forbidden, "The token may not read.")
        : Context.WriteErrorAsync(StatusCodes.Status401Unauthorized, "Not authorised");
}
