using System.Collections.Immutable;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Families;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Api.Aggregate;

/// <summary>Reads the parameters of <c>/api/v1/aggregate</c>.</summary>
internal sealed class AggregateReader(ApiParameters parameters, KindSchema kind)
{
    private const int DefaultLimit = 1_000;

    private static readonly ImmutableArray<string> _parameters =
        ["kind", "from", "to", "window", "by", "measures", "where", "order", "limit", "format"];

    private readonly List<AggregateColumn> _columns = [];
    private readonly List<GroupField> _groups = [];

    /// <summary>The request; or what is wrong with it.</summary>
    public static string? TryRead(ApiParameters parameters, Project project, Timestamp now, long maxRows, out AggregateRequest? request)
    {
        request = null;
        KindSchema? kind = null;
        return parameters.FindUnknown(_parameters) ?? parameters.TryReadKind(out kind)
            ?? new AggregateReader(parameters, kind!).TryRead(project, now, maxRows, out request);
    }

    private string? TryRead(Project project, Timestamp now, long maxRows, out AggregateRequest? request)
    {
        request = null;
        MeasureColumns measures = new(kind, project.ApdexThreshold.Ticks / TimeSpan.TicksPerMicrosecond);
        string? window = parameters.Find("window");
        long windowMilliseconds = 0;
        string? wrong = TimeRangeParameter.TryRead(parameters.Find("from"), parameters.Find("to"), now, out TimeRange period)
            ?? WindowParameter.TryRead(window, out windowMilliseconds);
        if (wrong is not null)
        {
            return wrong;
        }

        if (windowMilliseconds > 0)
        {
            _columns.Add(new AggregateColumn("time", "ms", ColumnForm.Window));
        }

        ImmutableArray<OrderTerm> order = [];
        ImmutableArray<Filter> filters = [];
        int limit = 0;
        ResponseFormat format = ResponseFormat.Json;
        wrong = TryReadGroups()
            ?? TryReadMeasures(measures)
            ?? TryReadOrder(out order)
            ?? WhereFilters.TryRead(kind, parameters.All("where"), out filters)
            ?? parameters.TryReadLimit(DefaultLimit, maxRows, out limit)
            ?? parameters.TryReadFormat(out format);
        if (wrong is not null)
        {
            return wrong;
        }

        SampleQuery query = new()
        {
            Pcode = project.Pcode,
            Kind = kind.Kind,
            Range = period,
            WindowMilliseconds = windowMilliseconds,
            GroupBy = [.. _groups],
            Measures = [.. measures.Measures],
            Filters = filters,
            Order = order,
            Limit = limit,
        };
        request = new AggregateRequest { Query = query, Columns = [.. _columns], Format = format, Window = window };
        return null;
    }

    private string? TryReadGroups()
    {
        foreach (string name in parameters.List("by"))
        {
            if (kind.Find(name) is not { } field || !FieldRules.IsGroupable(field))
            {
                return $"There is no field \"{name}\" of {kind.Name} to group by; there are {FieldRules.Names(kind, FieldRules.IsGroupable)}.";
            }

            AggregateColumn column = new(name, "", field.IsText ? ColumnForm.KeyText : ColumnForm.KeyNumber, _groups.Count);
            if (!TryAdd(column))
            {
                return $"by names \"{name}\" twice.";
            }

            _groups.Add(new GroupField(field.Ordinal));
        }

        return null;
    }

    private string? TryReadMeasures(MeasureColumns measures)
    {
        string[] names = parameters.List("measures");
        foreach (string name in names.Length > 0 ? names : ["count"])
        {
            if (measures.TryAdd(name, out AggregateColumn? column) is { } wrong)
            {
                return wrong;
            }

            if (!TryAdd(column!))
            {
                return $"measures names \"{name}\" twice.";
            }
        }

        return null;
    }

    // Without an order rows stand by time, then by the key's parts, which is how ties are broken anyway.
    private string? TryReadOrder(out ImmutableArray<OrderTerm> order)
    {
        List<OrderTerm> terms = [];
        order = [];
        foreach (string text in parameters.List("order"))
        {
            bool descending = text.StartsWith('-');
            string name = descending ? text[1..] : text;
            if (_columns.Find(column => column.Name == name) is not { } column)
            {
                return $"There is no column \"{name}\" to order by; there are {string.Join(", ", _columns.Select(other => other.Name))}.";
            }

            terms.Add(column.Order with { Descending = descending });
        }

        order = [.. terms];
        return null;
    }

    private bool TryAdd(AggregateColumn column)
    {
        bool isNew = !_columns.Exists(other => other.Name == column.Name);
        if (isNew)
        {
            _columns.Add(column);
        }

        return isNew;
    }
}

/// <summary>A request of <c>/api/v1/aggregate</c>: the query for the store, and how its response is shown.</summary>
internal sealed record AggregateRequest
{
    public required SampleQuery Query { get; init; }

    public required ImmutableArray<AggregateColumn> Columns { get; init; }

    public required ResponseFormat Format { get; init; }

    /// <summary>The window as the caller wrote it; null without windows.</summary>
    public required string? Window { get; init; }
}
