using System.Collections.Immutable;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>ComparedQueries such as the statistics endpoints ask.</summary>
internal static class StatisticsQueries
{
    private const long ApdexThresholdMicroseconds = 1_200_000;

    /// <summary>Per service: count, failures, elapsed and the sums beside it.</summary>
    public static SampleQuery PerService(TimeRange range, bool useRollups)
    {
        KindSchema kind = SampleSchema.Of(Kind.Transaction);
        int elapsed = kind.Ordinal("elapsed");
        ImmutableArray<Measure> measures =
        [
            new(MeasureKind.Count), new(MeasureKind.Count, Condition: RowCondition.Failed),
            new(MeasureKind.Sum, elapsed), new(MeasureKind.Min, elapsed), new(MeasureKind.Max, elapsed), new(MeasureKind.SumOfSquares, elapsed),
            new(MeasureKind.Satisfied, elapsed, ThresholdMicroseconds: ApdexThresholdMicroseconds),
            new(MeasureKind.Tolerated, elapsed, ThresholdMicroseconds: ApdexThresholdMicroseconds),
            new(MeasureKind.Sketch, elapsed),
            new(MeasureKind.Sum, kind.Ordinal("sql_count")), new(MeasureKind.Sum, kind.Ordinal("sql_time")),
            new(MeasureKind.Sum, kind.Ordinal("httpc_count")), new(MeasureKind.Sum, kind.Ordinal("httpc_time")),
            new(MeasureKind.Sum, kind.Ordinal("cpu_time")), new(MeasureKind.Sum, kind.Ordinal("malloc")),
        ];
        return Of(range, useRollups, kind.Ordinal("service"), measures);
    }

    /// <summary>Per client address: count, latest city and country.</summary>
    public static SampleQuery PerAddress(TimeRange range, bool useRollups)
    {
        KindSchema kind = SampleSchema.Of(Kind.Transaction);
        return Of(range, useRollups, kind.Ordinal("remote_ip"),
            [new(MeasureKind.Count), new(MeasureKind.Latest, kind.Ordinal("city")), new(MeasureKind.Latest, kind.Ordinal("country"))]);
    }

    private static SampleQuery Of(TimeRange range, bool useRollups, int groupField, ImmutableArray<Measure> measures) => new()
    {
        Pcode = GeneratedBatch.Pcode,
        Kind = Kind.Transaction,
        Range = range,
        GroupBy = [new GroupField(groupField)],
        Measures = measures,
        UseRollups = useRollups,
    };
}
