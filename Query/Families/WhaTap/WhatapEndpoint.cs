using System.Collections.Frozen;
using System.Globalization;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Responses;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary>
/// Everything under <c>/open/api/json</c> (WhaTap Open API, statistics). Checks in the order: method, token, project code, project and scope,
/// name, parameters; then asks the store and writes the answer. Thread safe.
/// </summary>
internal sealed class WhatapEndpoint(ProjectDirectory projects, QueryScheduler scans, TimeProvider clock)
{
    private static readonly FrozenDictionary<string, Func<WhatapCall, WhatapPlan>> _statistics = new Dictionary<string, Func<WhatapCall, WhatapPlan>>
    {
        ["exception"] = ExceptionStatistic.List.Plan,
        ["httpc"] = HttpcStatistic.Plan,
        ["remote"] = RemoteStatistic.List.Plan,
        ["sql"] = SqlStatistic.List.Plan,
        ["transaction"] = TransactionStatistic.List.Plan,
        ["thread_count"] = ThreadCountStatistic.Plan,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string _names = string.Join(", ", _statistics.Keys.Order(StringComparer.Ordinal));

    /// <summary>First parts of the paths that are answered.</summary>
    public static IReadOnlyList<string> Names => _statistics.Keys;

    public async Task HandleAsync(HttpContext context)
    {
        if (!RequestMethods.IsRead(context))
        {
            await WhatapErrors.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, RequestMethods.OnlyReads);
            return;
        }

        TokenCheck check = TokenAuthenticator.ReadWhatap(context.Request, projects, Scopes.Read);
        if (!check.IsGranted)
        {
            (int status, string message) = WhatapErrors.Of(check.Outcome);
            await WhatapErrors.WriteAsync(context, status, message);
            return;
        }

        WhatapPlan plan = Plan(context, check.AuthenticatedProject.Project);
        if (plan.Query is null || plan.WriteAsync is null)
        {
            await WhatapErrors.WriteAsync(context, plan.Status, plan.Refusal);
            return;
        }

        await AnswerAsync(context, plan.Query, plan.WriteAsync);
    }

    private WhatapPlan Plan(HttpContext context, Project project)
    {
        List<string> parts = WhatapPath.Parts(context);
        if (parts.Count == 0 || !_statistics.TryGetValue(parts[0], out Func<WhatapCall, WhatapPlan>? plan))
        {
            return WhatapPlan.UnknownPath($"There is no such statistic; there are {_names}.");
        }

        return plan(new WhatapCall(project.Pcode, project.ApdexThreshold, parts[1..], context.Request.Query, Timestamp.Now(clock)));
    }

    private async Task AnswerAsync(HttpContext context, SampleQuery query, Func<JsonResponse, QueryResult, ValueTask> writeAsync)
    {
        using QueryOutcome outcome = await scans.RunAsync(new[] { query }, context.RequestAborted);
        if (outcome.Failure != QueryFailure.None)
        {
            await WhatapErrors.WriteAsync(context, outcome.Status, outcome.Message);
            return;
        }

        IHeaderDictionary headers = context.Response.Headers;
        headers["x-effective-stime"] = query.Range.From.ToString(CultureInfo.InvariantCulture);
        headers["x-effective-etime"] = query.Range.To.ToString(CultureInfo.InvariantCulture);
        await using JsonResponse answer = await JsonResponse.StartAsync(context);
        await writeAsync(answer, outcome.Results[0]);
    }
}

/// <summary>A request that passed the checks of token and project.</summary>
/// <param name="Pcode">The project.</param>
/// <param name="ApdexThreshold">The project's T.</param>
/// <param name="Parts">The parts of the path behind the statistic's name, decoded.</param>
/// <param name="Parameters">The query string.</param>
/// <param name="Now">When the request came.</param>
internal sealed record WhatapCall(long Pcode, TimeSpan ApdexThreshold, IReadOnlyList<string> Parts, IQueryCollection Parameters, Timestamp Now)
{
    /// <summary>A parameter of the query string, the first where it stands twice; null when it is absent.</summary>
    public string? Parameter(string name) => Parameters.TryGetValue(name, out var values) && values.Count > 0 ? values[0] ?? "" : null;
}

/// <summary>
/// The parts of a request's path behind <c>/open/api/json</c>, percent-decoded one by one: a host name may hold any character, slashes too.
/// </summary>
internal static class WhatapPath
{
    public const string Prefix = "/open/api/json";

    private const int PrefixParts = 3;

    /// <summary>The decoded parts, without the empty one behind a trailing slash.</summary>
    public static List<string> Parts(HttpContext context) => RawRequestTarget.PathParts(context, PrefixParts);
}
