using NUnit.Framework;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Aggregate;

/// <summary>Rollups of a merged block, made of those of its sources where they will do, give what the samples give.</summary>
internal sealed class SourceRollupTests
{
    private const long FiveMinutes = 300_000;

    [Test]
    public void Rollups_made_of_those_of_sources_and_the_raw_rest_equal_the_naive_result([Values] Kind kind, [Range(1, 4)] int seed)
    {
        Random random = new((seed * 100) + (int)kind);
        KindSchema schema = SampleSchema.Of(kind);
        List<Row> rows = new RowGenerator(random).Sorted(schema, random.Next(2_000, 4_000), 2 * 3_600_000);

        // Sources overlap, and where they have few samples their buckets are marked raw.
        int sources = random.Next(2, 5);
        int[] sourceOfRow = [.. rows.Select(_ => random.Next(sources))];
        BuiltRollups[] known = [.. Enumerable.Range(0, sources)
            .Select(source => Build(schema, [.. rows.Where((_, i) => sourceOfRow[i] == source)]))];
        ArrayChunk merged = new(schema, rows);
        BuiltRollups rollups = new(schema, [merged], QueryGenerator.Threshold, known);
        for (int i = 0; i < 30; i++)
        {
            SampleQuery query = new QueryGenerator(schema, random).OfRollup(AggregationTests.AnyRange(random));
            Aggregation aggregation = new(query);
            List<TimeRange> rest = [];
            aggregation.AddRollups(rollups, query.Range, rest);
            foreach (TimeRange left in rest)
            {
                aggregation.Add(merged, left);
            }

            Assert.That(ResultLines.Of(query, aggregation.Complete()), Is.EqualTo(ResultLines.Expected(query, rows)), $"query {i}: {query}");
        }
    }

    [Test]
    public void Samples_that_all_sources_have_in_rollups_are_not_counted_again()
    {
        KindSchema schema = SampleSchema.Of(Kind.Transaction);
        List<Row> first = Steady(schema, 0, 3);
        List<Row> second = Steady(schema, 1, 2);

        // Rows with nothing but a time: all else in the result comes from the sources.
        List<Row> times = [.. first.Concat(second).Select(row => new Row(schema).With("time", row.Number("time"))).OrderBy(row => row.Number("time"))];
        BuiltRollups rollups = new(schema, [new ArrayChunk(schema, times)], QueryGenerator.Threshold, Build(schema, first), Build(schema, second));

        Assert.That(ResultOf(rollups), Is.EqualTo(ResultLines.Expected(_byService, [.. first, .. second])));
    }

    [Test]
    public void A_source_counted_with_another_apdex_threshold_is_counted_again()
    {
        KindSchema schema = SampleSchema.Of(Kind.Transaction);
        List<Row> rows = Steady(schema, 0, 3);
        ArrayChunk chunk = new(schema, rows);
        BuiltRollups other = new(schema, [chunk], QueryGenerator.Threshold + 1);

        BuiltRollups rollups = new(schema, [chunk], QueryGenerator.Threshold, other);

        Assert.That(rollups.Find(0, RollupLevel.Block, withSketches: true)!.ApdexThresholdMicroseconds, Is.EqualTo(QueryGenerator.Threshold));
        Assert.That(ResultOf(rollups), Is.EqualTo(ResultLines.Expected(_byService, rows)));
    }

    private static readonly SampleQuery _byService = AggregationTests.CountAll(Kind.Transaction) with
    {
        GroupBy = [new GroupField(SampleSchema.Of(Kind.Transaction).Ordinal("service"))],
        Measures =
        [
            new(MeasureKind.Count), new(MeasureKind.Sum, SampleSchema.Of(Kind.Transaction).Ordinal("elapsed")),
            new(MeasureKind.Satisfied, SampleSchema.Of(Kind.Transaction).Ordinal("elapsed"), ThresholdMicroseconds: QueryGenerator.Threshold),
        ],
    };

    private static BuiltRollups Build(KindSchema schema, List<Row> rows) => new(schema, [new ArrayChunk(schema, rows)], QueryGenerator.Threshold);

    private static List<string> ResultOf(BuiltRollups rollups)
    {
        Aggregation aggregation = new(_byService);
        List<TimeRange> rest = [];
        aggregation.AddRollups(rollups, TimeRange.All, rest);
        Assert.That(rest, Is.Empty);
        return ResultLines.Of(_byService, aggregation.Complete());
    }

    // A sample each second, so that every bucket has far more samples than services.
    private static List<Row> Steady(KindSchema schema, int firstBucket, int buckets) =>
        [.. Enumerable.Range(0, (int)(buckets * FiveMinutes / 1_000)).Select(i => new Row(schema)
            .With("time", RowGenerator.Start - (RowGenerator.Start % FiveMinutes) + (firstBucket * FiveMinutes) + (i * 1_000))
            .With("service", $"/{i % 3}").With("elapsed", i * 100).With("oname", "a"))];
}
