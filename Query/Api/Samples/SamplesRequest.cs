using System.Collections.Immutable;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Api.Samples;

/// <summary>A request of <c>/api/v1/samples</c>: the query for the store, and how its response is written.</summary>
internal sealed record SamplesRequest(ListQuery Query, ResponseFormat Format)
{
    private const int DefaultLimit = 100;
    private const int MostSamples = 10_000;

    private static readonly ImmutableArray<string> _parameters = ["kind", "from", "to", "where", "limit", "cursor", "format"];

    /// <summary>The request; or what is wrong with it.</summary>
    public static string? TryRead(ApiParameters parameters, long pcode, Timestamp now, out SamplesRequest? request)
    {
        request = null;
        KindSchema? kind = null;
        string? wrong = parameters.FindUnknown(_parameters) ?? parameters.TryReadKind(out kind);
        if (wrong is not null)
        {
            return wrong;
        }

        SampleCursor? cursor = null;
        if (parameters.Find("cursor") is { } text)
        {
            if (!SampleCursor.TryRead(text, out SampleCursor read) || read.Kind != kind!.Kind)
            {
                return $"cursor must be what a response of kind {kind!.Name} gave as next.";
            }

            cursor = read;
        }

        TimeRange period = cursor?.Period ?? default;
        bool goesOn = cursor is not null && parameters.Find("from") is null && parameters.Find("to") is null;
        ImmutableArray<Filter> filters = [];
        int limit = 0;
        ResponseFormat format = ResponseFormat.Json;
        wrong = (goesOn ? null : TimeRangeParameter.TryRead(parameters.Find("from"), parameters.Find("to"), now, out period))
            ?? WhereFilters.TryRead(kind!, parameters.All("where"), out filters)
            ?? parameters.TryReadLimit(DefaultLimit, MostSamples, out limit)
            ?? parameters.TryReadFormat(out format);
        if (wrong is not null)
        {
            return wrong;
        }

        ListQuery query = new()
        {
            Pcode = pcode,
            Kind = kind!.Kind,
            Range = period,
            Filters = filters,
            Fields = [.. kind.Fields.Select(field => field.Ordinal)],
            Limit = limit,
            After = cursor?.After,
        };
        request = new SamplesRequest(query, format);
        return null;
    }
}
