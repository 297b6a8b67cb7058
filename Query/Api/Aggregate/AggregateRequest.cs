using System.Collections.Immutable;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Api.Aggregate;

/// <summary>A request of <c>/api/v1/aggregate</c>: the question for the store, and how its answer is shown.</summary>
internal sealed record AggregateRequest
{
    public required SampleQuery Query { get; init; }

    public required ImmutableArray<AggregateColumn> Columns { get; init; }

    public required AnswerFormat Format { get; init; }

    /// <summary>The window as the caller wrote it; null without windows.</summary>
    public required string? Window { get; init; }
}
