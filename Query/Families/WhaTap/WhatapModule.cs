using System.Collections.Frozen;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary>
/// WhaTap Open API, statistics. A request is checked for method, token, project code, project, scope, path and parameters, in this order.
/// Errors are <c>{"code":401,"message":"…","msg":"…"}</c>.
/// </summary>
internal sealed class WhatapModule() : ApiModule("whatap", [Prefix], "whatap")
{
    public const string Prefix = "/open/api/json";

    private const string ThreadCount = "thread_count";

    private static readonly FrozenDictionary<string, WhatapList> _lists = new Dictionary<string, WhatapList>
    {
        ["exception"] = ExceptionStatistic.List,
        ["httpc"] = HttpcStatistic.List,
        ["remote"] = RemoteStatistic.List,
        ["sql"] = SqlStatistic.List,
        ["transaction"] = TransactionStatistic.List,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names of the statistics, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. _lists.Keys.Append(ThreadCount).Order(StringComparer.Ordinal)];

    public override void AddServices(IServiceCollection services) =>
        services.AddScheme<WhatapTokenHandler>("whatap").AddSingleton<WhatapEndpoint>().AddSingleton<IApiDescription, WhatapDescription>();

    public override Task WriteErrorAsync(HttpContext context, int status, string detail) =>
        JsonResponse.WriteWholeAsync(context, status, "application/json; charset=utf-8", json =>
        {
            json.WriteStartObject();
            json.WriteNumber("code"u8, status);
            json.WriteString("message"u8, detail);
            json.WriteString("msg"u8, detail);
            json.WriteEndObject();
        });

    protected override void Map(RouteGroupBuilder routes)
    {
        foreach (string times in (ReadOnlySpan<string>)["", "/{stime}", "/{stime}/{etime}"])
        {
            foreach ((string name, WhatapList list) in _lists)
            {
                Map(routes, $"/{name}{times}", list.Plan);
            }

            // The host may be empty, and may hold slashes: no route can say that.
            Map(routes, $"/httpc{times}/filter/{{**call}}", HttpcStatistic.PlanFiltered);
        }

        // What a part of the path is depends on its digits.
        Map(routes, $"/{ThreadCount}/{{**parts}}", ThreadCountStatistic.Plan);
    }

    protected override string NotFound(HttpRequest request) => $"There is no such statistic; there are {string.Join(", ", Names)}.";

    private void Map(RouteGroupBuilder routes, string pattern, Func<WhatapCall, WhatapPlan> plan) =>
        Map<WhatapEndpoint>(routes, pattern, (endpoint, context) => endpoint.HandleAsync(context, plan));
}

/// <summary>Authenticates by the headers <c>x-whatap-token</c> and <c>x-whatap-pcode</c>.</summary>
internal sealed class WhatapTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ProjectDirectory projects)
    : ProjectTokenHandler(options, loggers, encoder)
{
    protected override TokenCheck Read() => TokenAuthenticator.ReadWhatap(Request, projects);

    protected override Task RefuseAsync(TokenOutcome outcome)
    {
        (int status, string detail) = outcome switch
        {
            TokenOutcome.Missing => (StatusCodes.Status401Unauthorized, $"The header {TokenAuthenticator.WhatapToken} is missing."),
            TokenOutcome.Unknown => (StatusCodes.Status401Unauthorized, "The token is unknown."),
            TokenOutcome.NoPcode => (StatusCodes.Status400BadRequest, $"The header {TokenAuthenticator.WhatapPcode} must be a project code, a number."),
            TokenOutcome.WrongProject => (StatusCodes.Status403Forbidden, "The token does not belong to this project."),
            TokenOutcome.NoScope => (StatusCodes.Status403Forbidden, "The token may not read."),
            TokenOutcome.Granted => throw new ArgumentOutOfRangeException(nameof(outcome)),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
        };
        return Context.WriteErrorAsync(status, detail);
    }
}
