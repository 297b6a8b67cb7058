using System.Collections.Immutable;
using System.Globalization;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Api.Aggregate;

namespace TimeSeries.Query.Api.Streaming;

/// <summary>A request of <c>/api/v1/stream</c>: what is followed, samples or an aggregate.</summary>
internal sealed record StreamRequest
{
    // The rows of an aggregate that are sent each second; its total counts all.
    private const int MostRows = 1_000;

    private static readonly ImmutableArray<string> _parameters = ["kind", "where", "window", "by", "measures"];

    // All but the conditions, of which there may be any number.
    private static readonly string[] _subject = ["kind", "window", "by", "measures"];

    public required long Pcode { get; init; }

    /// <summary>What is the same for all who look at the same thing.</summary>
    public required string Subject { get; init; }

    /// <summary>The samples that are followed; null for an aggregate.</summary>
    public ListQuery? Samples { get; init; }

    /// <summary>The aggregate that is followed, without its times; null for samples.</summary>
    public AggregateRequest? Aggregate { get; init; }

    /// <summary>The request; or what is wrong with it.</summary>
    public static string? TryRead(ApiParameters parameters, Project project, Timestamp now, out StreamRequest? request)
    {
        request = null;
        KindSchema? kind = null;
        ImmutableArray<Filter> filters = [];
        string? wrong = parameters.FindUnknown(_parameters) ?? parameters.TryReadKind(out kind)
            ?? WhereFilters.TryRead(kind!, parameters.All("where"), out filters);
        if (wrong is not null)
        {
            return wrong;
        }

        AggregateRequest? aggregate = null;
        bool isAggregate = Array.Exists(["window", "by", "measures"], name => parameters.Find(name) is not null);
        if (isAggregate)
        {
            wrong = parameters.Find("window") is null ? "window is needed with by or measures, like 10s, 1m or 1h."
                : AggregateReader.TryRead(parameters, project, now, MostRows, out aggregate);
            if (wrong is not null)
            {
                return wrong;
            }
        }

        request = new StreamRequest
        {
            Pcode = project.Pcode,
            Subject = SubjectOf(parameters, project.Pcode),
            Aggregate = aggregate,
            Samples = isAggregate ? null : new ListQuery
            {
                Pcode = project.Pcode,
                Kind = kind!.Kind,
                Range = TimeRange.All,
                Filters = filters,
                Fields = [.. kind.Fields.Select(field => field.Ordinal)],
                Limit = SampleFeed.MostSamples,
            },
        };
        return null;
    }

    // Each part with its length, since texts may hold anything.
    private static string SubjectOf(ApiParameters parameters, long pcode)
    {
        string?[] parts = [.. _subject.Select(parameters.Find), pcode.ToString(CultureInfo.InvariantCulture), .. parameters.All("where")];
        return string.Concat(parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part?.Length ?? -1}:{part}")));
    }
}
