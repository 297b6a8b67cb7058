using TimeSeries.Core.Model.Queries;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.WhaTap;

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
