using NUnit.Framework;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Aggregate;

/// <summary>Memory of results is used again, and nothing but the memory.</summary>
internal sealed class HashAggregatorPoolTests
{
    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Sql);

    private static readonly SampleQuery _byText = new()
    {
        Pcode = 1,
        Kind = Kind.Sql,
        Range = TimeRange.All,
        GroupBy = [new(_schema.Ordinal("sql"))],
        Measures = [new(MeasureKind.Count), new(MeasureKind.Sketch, _schema.Ordinal("elapsed"))],
    };

    [Test]
    public void What_was_given_back_serves_the_same_query_again_whatever_its_range_filters_and_order()
    {
        HashAggregatorPool pool = new(1 << 24);
        HashAggregator grouped = pool.Rent(_byText);
        pool.Return(_byText, grouped);

        SampleQuery later = _byText with
        {
            Range = new TimeRange(5, 6),
            Filters = [Filter.Present(_schema.Ordinal("db"))],
            Order = [new OrderTerm(OrderBy.Measure, 0)],
            Limit = 3,
            GroupBy = [new(_schema.Ordinal("sql"))],
            Measures = [new(MeasureKind.Count), new(MeasureKind.Sketch, _schema.Ordinal("elapsed"))],
        };
        Assert.That(pool.Rent(later), Is.SameAs(grouped));
        Assert.That(pool.Rent(later), Is.Not.SameAs(grouped), "it is rented out");
    }

    [Test]
    public void Other_queries_and_other_projects_get_something_else()
    {
        HashAggregatorPool pool = new(1 << 24);
        HashAggregator grouped = pool.Rent(_byText);
        pool.Return(_byText, grouped);

        SampleQuery[] others =
        [
            _byText with { Pcode = 2 }, _byText with { WindowMilliseconds = 60_000 }, _byText with { WindowOffsetMilliseconds = 1 },
            _byText with { GroupBy = [new(_schema.Ordinal("db"))] }, _byText with { Measures = [new(MeasureKind.Count)] },
        ];
        Assert.That(Array.ConvertAll(others, pool.Rent), Is.All.Not.SameAs(grouped));
    }

    [Test]
    public void No_more_than_its_bound_is_kept_and_what_was_given_back_first_goes_first()
    {
        HashAggregatorPool pool = new(8 << 20);
        HashAggregator[] rented = [.. Enumerable.Range(0, 100).Select(pcode => pool.Rent(_byText with { Pcode = pcode }))];
        for (int pcode = 0; pcode < rented.Length; pcode++)
        {
            pool.Return(_byText with { Pcode = pcode }, rented[pcode]);
            Assert.That(pool.KeptBytes, Is.InRange(1, 8 << 20));
        }

        Assert.That(pool.Rent(_byText with { Pcode = 0 }), Is.Not.SameAs(rented[0]));
        Assert.That(pool.Rent(_byText with { Pcode = 99 }), Is.SameAs(rented[99]));
    }

    [Test]
    public void Results_from_memory_used_again_equal_the_naive_ones([Values] Kind kind, [Values(1, 2, 3, 4)] int seed)
    {
        Random random = new((seed * 1_000) + (int)kind);
        KindSchema schema = SampleSchema.Of(kind);
        HashAggregatorPool pool = new(1 << 26);
        for (int i = 0; i < 30; i++)
        {
            SampleQuery form = new QueryGenerator(schema, random).Any(TimeRange.All);
            for (int time = 0; time < 3; time++)
            {
                List<Row> rows = new RowGenerator(random).Sorted(schema, random.Next(1, 300), 3 * 3_600_000);
                SampleQuery query = form with { Range = AggregationTests.AnyRange(random) };
                using QueryResult result = AggregationTests.ResultOf(schema, query, rows, random, pool);
                Assert.That(ResultLines.Of(query, result), Is.EqualTo(ResultLines.Expected(query, rows)), $"query {i}, time {time}: {query}");
            }

            Assert.That(pool.KeptBytes, Is.Positive);
        }
    }

    // Pairs of services and windows mostly occur, of txids and windows hardly any does: the one are laid out in an array, the others hashed.
    [TestCase("service")]
    [TestCase("txid")]
    public void Large_arrays_that_another_query_has_filled_change_no_result(string field)
    {
        const int Windows = 160;
        const int Services = 300;
        Random random = new(7);
        KindSchema schema = SampleSchema.Of(Kind.Transaction);
        int elapsed = schema.Ordinal("elapsed");
        SampleQuery query = new()
        {
            Pcode = Row.Project,
            Kind = Kind.Transaction,
            Range = TimeRange.All,
            WindowMilliseconds = 1_000,
            GroupBy = [new(schema.Ordinal(field))],
            Measures = [new(MeasureKind.Count), .. new[] { MeasureKind.Sum, MeasureKind.SumOfSquares, MeasureKind.Min, MeasureKind.Max }
                .Select(kind => new Measure(kind, elapsed))],
            Limit = 100_000,
        };
        HashAggregatorPool pool = new(1 << 24);
        for (int time = 0; time < 3; time++)
        {
            // Each time other groups, and not as many.
            List<Row> rows = [.. Enumerable.Range(0, (Windows * Services) - random.Next(4_000)).Select(i => Row
                .Transaction(Row.Project, RowGenerator.Start + (i % Windows * 1_000) + random.Next(1_000), $"/{i / Windows}", random.Next(1_000_000))
                .With("txid", $"{time}-{i}"))];
            using QueryResult result = AggregationTests.ResultOf(schema, query, rows, random, pool);
            Assert.That(result.TotalGroups, Is.GreaterThan(40_000));
            Assert.That(ResultLines.Of(query, result), Is.EqualTo(ResultLines.Expected(query, rows)), $"time {time}");
            result.Dispose();
            Assert.That(pool.KeptBytes, Is.LessThan(4 << 20), "what is large went back");
        }
    }

    [Test]
    public void A_result_that_was_disposed_has_no_rows_and_nothing_of_the_next_one()
    {
        HashAggregatorPool pool = new(1 << 24);
        Aggregation aggregation = new(_byText, pool, CancellationToken.None);
        aggregation.Add(new ArrayChunk(_schema, new RowGenerator(new Random(1)).Sorted(_schema, 100, 1_000)), TimeRange.All);
        QueryResult result = aggregation.Complete();
        Assert.That(result.RowCount, Is.Positive);

        result.Dispose();
        result.Dispose();

        Assert.That((result.RowCount, result.TotalGroups), Is.EqualTo((0, 0L)));
        Assert.That(() => result.Count(0, 0), Throws.Exception);
        HashAggregator first = pool.Rent(_byText);
        Assert.That(pool.Rent(_byText), Is.Not.SameAs(first), "given back once only");
    }
}
