using System.Globalization;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Responses;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary>Every statistic: plans it, queries the store and writes the response. Thread safe.</summary>
internal sealed class WhatapEndpoint(ProjectDirectory projects, QueryScheduler scans, TimeProvider clock)
{
    public async Task HandleAsync(HttpContext context, Func<WhatapCall, WhatapPlan> planOf)
    {
        WhatapPlan plan = planOf(new WhatapCall(projects.Find(context.User.Pcode())!, context.Request, Timestamp.Now(clock)));
        if (plan.Query is not { } query || plan.WriteAsync is not { } writeAsync)
        {
            await context.WriteErrorAsync(plan.Status, plan.Refusal);
            return;
        }

        using QueryOutcome outcome = await scans.RunAsync([query], context.RequestAborted);
        if (!await outcome.SucceedsAsync(context))
        {
            return;
        }

        IHeaderDictionary headers = context.Response.Headers;
        headers["x-effective-stime"] = query.Range.From.ToString(CultureInfo.InvariantCulture);
        headers["x-effective-etime"] = query.Range.To.ToString(CultureInfo.InvariantCulture);
        await using JsonResponse response = await JsonResponse.StartAsync(context);
        await writeAsync(response, outcome.Results[0]);
    }
}

/// <summary>A request for a statistic, by a caller who may read the project.</summary>
/// <param name="Project">The project.</param>
/// <param name="Request">The request.</param>
/// <param name="Now">When the request came.</param>
internal sealed record WhatapCall(Project Project, HttpRequest Request, Timestamp Now)
{
    // Those of the prefix, and the name.
    private const int FirstParts = 4;

    /// <summary>The parts of the path behind the statistic's name, percent-decoded one by one: a host name may hold any character, slashes too.</summary>
    public List<string> Parts() => RawRequestTarget.PathParts(Request.HttpContext, FirstParts);

    /// <summary>A parameter of the path, or else of the query string, the first where there are two; null when it is in neither.</summary>
    public string? Parameter(string name) => Request.RouteValues[name] as string
        ?? (Request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[0] ?? "" : null);
}

/// <summary>The query of a request, and how its response is written; or why it is refused.</summary>
internal sealed record WhatapPlan
{
    /// <summary>200, or the status of the refusal.</summary>
    public int Status { get; private init; } = StatusCodes.Status200OK;

    /// <summary>Why the request is refused.</summary>
    public string Refusal { get; private init; } = "";

    public SampleQuery? Query { get; private init; }

    public Func<JsonResponse, QueryResult, ValueTask>? WriteAsync { get; private init; }

    public static WhatapPlan Of(SampleQuery query, Func<JsonResponse, QueryResult, ValueTask> writeAsync) =>
        new() { Query = query, WriteAsync = writeAsync };

    public static WhatapPlan BadParameter(string refusal) => new() { Status = StatusCodes.Status400BadRequest, Refusal = refusal };

    public static WhatapPlan UnknownPath(string refusal) => new() { Status = StatusCodes.Status404NotFound, Refusal = refusal };
}
