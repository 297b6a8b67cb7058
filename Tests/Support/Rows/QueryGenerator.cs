using System.Collections.Immutable;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Support.Rows;

/// <summary>Random queries of a kind: any measures, filters, groups, windows and orders; or such that a rollup may fit.</summary>
internal sealed class QueryGenerator(KindSchema schema, Random random)
{
    public const long Threshold = 5_000;

    private static readonly long[] _windows = [0, 0, 1_000, 60_000, 300_000, 3_600_000, 900_000, 7_200_000, 86_400_000];
    private static readonly NumberBins[] _bins = [new(0), new(1, 200), new(0, 100, 404, 1_000), new([.. Enumerable.Range(0, 50).Select(i => i * 1_000L)])];
    private static readonly long[] _offsets = [0, 0, 32_400_000, -12_600_000, 300_000, 60_000];
    private static readonly string[] _texts = ["", "/a", "/b", "/Ä", "Z", "FF", "no such text"];

    public SampleQuery Any(TimeRange range)
    {
        ImmutableArray<Measure> measures = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => AnyMeasure())];
        ImmutableArray<int> fields = [.. schema.Fields.Select(field => field.Ordinal)];
        int spread = Pick([.. schema.Fields.Where(field => !field.IsText && field.Name != "snap_seq").Select(field => field.Ordinal)]);
        measures = random.Next(2) == 0 ? measures
            : [new(MeasureKind.Count, spread), new(MeasureKind.Sum, spread), new(MeasureKind.SumOfSquares, spread), .. measures];
        return Query(range, measures, fields, [.. Enumerable.Range(0, random.Next(3)).Select(_ => AnyFilter(Pick(fields)))]);
    }

    public SampleQuery OfRollup(TimeRange range)
    {
        RollupSpec spec = schema.Rollups[random.Next(schema.Rollups.Length)];
        ImmutableArray<Measure> measures = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => Pick(spec.Measures))
            .Select(measure => measure.HasThreshold ? measure with { ThresholdMicroseconds = Pick([Threshold, Threshold, Threshold, 77]) } : measure)];
        ImmutableArray<Filter> filters = [.. Enumerable.Range(0, random.Next(2)).Select(_ => AnyFilter(Pick(spec.Keys)))];
        if (spec.PresentField is { } present && random.Next(3) > 0)
        {
            filters = filters.Add(Filter.Present(present));
        }

        return Query(range, measures, spec.Keys, filters);
    }

    private SampleQuery Query(TimeRange range, ImmutableArray<Measure> measures, ImmutableArray<int> fields, ImmutableArray<Filter> filters)
    {
        ImmutableArray<int> by = [.. fields.OrderBy(_ => random.Next()).Take(random.Next(4))];
        SampleQuery query = new()
        {
            Pcode = 1,
            Kind = schema.Kind,
            Range = range,
            WindowMilliseconds = Pick(_windows),
            WindowOffsetMilliseconds = Pick(_offsets),
            GroupBy = [.. by.Select(field => Group(schema.Fields[field]))],
            Measures = measures,
            Filters = filters,
            Limit = Pick([int.MaxValue, int.MaxValue, 1, 3, 20, 0]),
        };
        return query with { Order = [.. Enumerable.Range(0, random.Next(3)).Select(_ => AnyTerm(query))] };
    }

    private GroupField Group(Field field)
    {
        GroupField group = new(field.Ordinal);
        return field.IsText ? group : random.Next(4) switch
        {
            0 => group with { MissingAs = Pick([0L, 2L]) },
            1 when field.Ordinal != KindSchema.Time => group with { Bins = Pick(_bins) },
            _ => group,
        };
    }

    private OrderTerm AnyTerm(SampleQuery query)
    {
        int[] sketches = [.. Enumerable.Range(0, query.Measures.Length).Where(i => query.Measures[i].Kind == MeasureKind.Sketch)];
        int[] numbers = [.. Enumerable.Range(0, query.Measures.Length).Where(i => IsComparable(query.Measures[i]))];
        bool descending = random.Next(2) == 0;
        bool hasSpread = query.Measures is [{ Kind: MeasureKind.Count, Condition: RowCondition.Every }, { Kind: MeasureKind.Sum },
        { Kind: MeasureKind.SumOfSquares }, ..];
        return random.Next(5) switch
        {
            0 when hasSpread => new OrderTerm(OrderBy.Rate) { Descending = descending },
            1 when hasSpread => new OrderTerm(OrderBy.Mean, 1, 0) { Descending = descending },
            2 when hasSpread => new OrderTerm(OrderBy.Deviation, 2, 0) { Sum = 1, Descending = descending },
            0 when query.GroupBy.Length > 0 => new OrderTerm(OrderBy.Key, random.Next(query.GroupBy.Length)) { Descending = descending },
            1 when sketches.Length > 0 => new OrderTerm(OrderBy.Quantile, Pick(sketches), Quantile: 0.95) { Descending = descending },
            2 when numbers.Length > 0 => new OrderTerm(OrderBy.Ratio, Pick(numbers), Pick(numbers)) { Descending = descending },
            _ when numbers.Length > 0 => new OrderTerm(OrderBy.Measure, Pick(numbers)) { Descending = descending },
            _ => new OrderTerm(OrderBy.Window) { Descending = descending },
        };
    }

    private bool IsComparable(Measure measure) => measure.Kind switch
    {
        MeasureKind.Sketch or MeasureKind.Set => false,
        MeasureKind.Latest => !schema.Fields[measure.Field].IsText,
        _ => true,
    };

    private Measure AnyMeasure()
    {
        MeasureKind kind = (MeasureKind)random.Next((int)MeasureKind.Set + 1);
        RowCondition condition = random.Next(3) == 0 ? (RowCondition)random.Next((int)RowCondition.StatusNotFailure + 1) : RowCondition.Every;
        int anyField = random.Next(schema.Fields.Length);
        int numberField = Pick([.. schema.Fields.Where(field => !field.IsText && field.Name != "snap_seq").Select(field => field.Ordinal)]);
        return kind switch
        {
            MeasureKind.Count => new Measure(kind, random.Next(2) == 0 ? Measure.NoField : anyField, condition),
            MeasureKind.Latest => new Measure(kind, anyField, condition),
            MeasureKind.Satisfied or MeasureKind.Tolerated => new Measure(kind, numberField, ThresholdMicroseconds: random.Next(100_000)),
            _ => new Measure(kind, numberField, condition),
        };
    }

    private Filter AnyFilter(int field)
    {
        if (random.Next(6) == 0)
        {
            return Filter.EitherOf(field, [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => AnyForm(field))]);
        }

        return AnyForm(field);
    }

    private Filter AnyForm(int field)
    {
        FilterOperator @operator = (FilterOperator)random.Next((int)FilterOperator.Present + 1);
        return schema.Fields[field].IsText
            ? Filter.OfTexts(field, @operator, [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick(_texts))])
            : Filter.OfNumbers(field, @operator, [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick([NumberColumn.Missing, 0, 1, 200, 1_000, 404]))]);
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
