using System.Collections.Immutable;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Times;

namespace TimeSeries.Query.Families.Tyk;

/// <summary>
/// The queries for one caller's activity: transactions that have an <c>api_id</c>, by API and service. The rollups by caller have all of it.
/// </summary>
internal static class TykActivity
{
    /// <summary>The parts of a row's key.</summary>
    public const int ApiIdPart = 0;
    public const int PathPart = 1;

    private const long HourMilliseconds = 3_600_000;

    // No sample is of a time with fewer or more digits than 13, so months outside are empty.
    private static readonly TimeRange _times = new(1_000_000_000_000, 10_000_000_000_000);

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);
    private static readonly int _apiId = _schema.Ordinal("api_id");
    private static readonly int _service = _schema.Ordinal("service");
    private static readonly int _elapsed = _schema.Ordinal("elapsed");
    private static readonly int _upstream = _schema.Ordinal("upstream_latency");

    private static readonly ImmutableArray<Measure> _measures =
    [
        new(MeasureKind.Count), new(MeasureKind.Count, Condition: RowCondition.StatusSuccess), new(MeasureKind.Count, Condition: RowCondition.StatusFailure),
        new(MeasureKind.Max, KindSchema.Time), new(MeasureKind.Latest, _schema.Ordinal("api_name")),
        new(MeasureKind.Sum, _elapsed), new(MeasureKind.Max, _elapsed), new(MeasureKind.Min, _elapsed),
        new(MeasureKind.Min, _elapsed, RowCondition.StatusNotFailure),
        new(MeasureKind.Sum, _upstream), new(MeasureKind.Max, _upstream), new(MeasureKind.Min, _upstream),
        new(MeasureKind.Min, _upstream, RowCondition.StatusNotFailure),
        new(MeasureKind.Sketch, _elapsed),
    ];

    /// <summary>The index of each measure in the queries.</summary>
    public enum At
    {
        Hits, Success, Error, LastHit, ApiName, Sum, Max, Min, MinOfSound, UpstreamSum, UpstreamMax, UpstreamMin, UpstreamMinOfSound, Sketch,
    }

    /// <summary>The queries whose results, one behind the other, are the rows. Months are a query each: they are no windows of one length.</summary>
    public static SampleQuery[] Queries(TykRequest request, long pcode, ZoneOffset zone)
    {
        SampleQuery whole = new()
        {
            Pcode = pcode,
            Kind = Kind.Transaction,
            Range = request.Days,
            WindowMilliseconds = request.Resolution switch
            {
                TykResolution.Hour => HourMilliseconds,
                TykResolution.Day => ZoneOffset.DayMilliseconds,
                _ => 0,
            },
            WindowOffsetMilliseconds = zone.Milliseconds,
            GroupBy = [new GroupField(_apiId), new GroupField(_service)],
            Measures = _measures,
            Filters = [Filter.OfTexts(_schema.Ordinal(request.Field), FilterOperator.AnyOf, request.Caller), Filter.Present(_apiId)],
            Order = Order(request),
            Limit = request.Page.End,
        };
        return request.Resolution == TykResolution.Month ? [.. Months(request.Days, zone).Select(month => whole with { Range = month })] : [whole];
    }

    private static ImmutableArray<OrderTerm> Order(TykRequest request)
    {
        bool descending = !request.Ascending;
        OrderTerm first = request.By switch
        {
            TykColumn.Hits => new(OrderBy.Measure, (int)At.Hits) { Descending = descending },
            TykColumn.Success => new(OrderBy.Measure, (int)At.Success) { Descending = descending },
            TykColumn.Error => new(OrderBy.Measure, (int)At.Error) { Descending = descending },
            // The exact mean.
            TykColumn.Latency => new(OrderBy.Ratio, (int)At.Sum, (int)At.Hits) { Descending = descending },
            _ => throw new ArgumentOutOfRangeException(nameof(request)),
        };
        return
        [
            new(OrderBy.Window),
            first,
            new(OrderBy.Measure, (int)At.Hits) { Descending = true },
            new(OrderBy.Measure, (int)At.LastHit) { Descending = true },
            new(OrderBy.Key, PathPart),
        ];
    }

    private static IEnumerable<TimeRange> Months(TimeRange days, ZoneOffset zone)
    {
        TimeRange left = days.Intersect(_times);
        while (!left.IsEmpty)
        {
            DateTimeOffset shown = zone.Show(left.From);
            var first = new DateOnly(shown.Year, shown.Month, 1);
            long next = zone.StartOf(first.AddMonths(1));
            yield return left with { To = Math.Min(left.To, next) };
            left = left with { From = next };
        }
    }
}
