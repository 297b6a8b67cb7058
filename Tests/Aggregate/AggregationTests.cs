using NUnit.Framework;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Aggregate;

/// <summary>Results from columns equal the naive ones, however the rows are split.</summary>
internal sealed class AggregationTests
{
    [Test]
    public void Any_query_over_any_split_of_rows_equals_the_naive_result([Values] Kind kind, [Range(1, 6)] int seed)
    {
        Random random = new(seed * 100 + (int)kind);
        KindSchema schema = SampleSchema.Of(kind);
        List<Row> rows = new RowGenerator(random).Sorted(schema, random.Next(1, 700), 3 * 3_600_000);
        for (int i = 0; i < 25; i++)
        {
            SampleQuery query = new QueryGenerator(schema, random).Any(AnyRange(random));
            Assert.That(ResultLines.Of(query, ResultOf(schema, query, rows, random)), Is.EqualTo(ResultLines.Expected(query, rows)), $"query {i}: {query}");
        }
    }

    [Test]
    public void Rows_of_a_part_of_a_chunk_count_alone()
    {
        KindSchema schema = SampleSchema.Of(Kind.Event);
        List<Row> rows = new RowGenerator(new Random(5)).Sorted(schema, 10_000, 1_000_000);
        Aggregation aggregation = new(CountAll(Kind.Event));

        aggregation.Add(new ArrayChunk(schema, rows), 17, 9_017, TimeRange.All);

        Assert.That(aggregation.Complete().Count(0, 0), Is.EqualTo(9_000));
    }

    [Test]
    public void Times_that_go_to_and_fro_where_windows_end_fall_into_their_windows([Values(100, 2_000, 30_000)] int disorder)
    {
        Random random = new(disorder);
        KindSchema schema = SampleSchema.Of(Kind.Event);
        List<Row> rows = [.. new RowGenerator(random).Sorted(schema, 5_000, 600_000).OrderBy(row => row.Time + random.Next(disorder))];
        SampleQuery query = CountAll(Kind.Event) with { WindowMilliseconds = 10_000 };
        Aggregation aggregation = new(query);

        aggregation.Add(new ArrayChunk(schema, rows), TimeRange.All);

        Assert.That(ResultLines.Of(query, aggregation.Complete()), Is.EqualTo(ResultLines.Expected(query, rows)));
    }

    [Test]
    public void Nothing_added_gives_no_group()
    {
        QueryResult result = new Aggregation(CountAll(Kind.Sql)).Complete();

        Assert.That((result.RowCount, result.TotalGroups, result.Source), Is.EqualTo((0, 0L, ResultSource.Raw)));
    }

    [Test]
    public void Sums_of_the_greatest_values_do_not_overflow()
    {
        KindSchema schema = SampleSchema.Of(Kind.Exception);
        int field = schema.Ordinal("snap_seq");
        List<Row> rows = [.. Enumerable.Range(0, 10).Select(_ => Exception(schema, "c", long.MaxValue))];
        SampleQuery query = CountAll(Kind.Exception) with { Measures = [new(MeasureKind.Sum, field)] };
        Aggregation aggregation = new(query);

        aggregation.Add(new ArrayChunk(schema, rows), TimeRange.All);

        Assert.That(aggregation.Complete().Sum(0, 0), Is.EqualTo((Int128)long.MaxValue * 10));
    }

    [Test]
    public void Ratios_that_only_exact_numbers_tell_apart_are_sorted()
    {
        // (2⁶³−1)·3/3 and ((2⁶³−1)·3−1)/3 are one double.
        KindSchema schema = SampleSchema.Of(Kind.Exception);
        int field = schema.Ordinal("snap_seq");
        List<Row> rows =
        [
            .. Enumerable.Repeat("greater", 3).Select(name => Exception(schema, name, long.MaxValue)),
            .. Enumerable.Repeat("less", 2).Select(name => Exception(schema, name, long.MaxValue)),
            Exception(schema, "less", long.MaxValue - 1),
        ];
        SampleQuery query = CountAll(Kind.Exception) with
        {
            GroupBy = [new GroupField(schema.Ordinal("class"))],
            Measures = [new(MeasureKind.Sum, field), new(MeasureKind.Count)],
            Order = [new OrderTerm(OrderBy.Ratio, 0, 1)],
        };
        Aggregation aggregation = new(query);

        aggregation.Add(new ArrayChunk(schema, rows), TimeRange.All);

        Assert.That(System.Text.Encoding.UTF8.GetString(aggregation.Complete().KeyText(0, 0)), Is.EqualTo("less"));
    }

    [Test]
    public void Ratios_of_128_bit_sums_are_sorted()
    {
        // Sums of squares of about 2¹²⁶ times sums of about 2⁶⁴ need 190 bits.
        KindSchema schema = SampleSchema.Of(Kind.Exception);
        int field = schema.Ordinal("snap_seq");
        List<Row> rows =
        [
            Exception(schema, "less", long.MaxValue - 1), Exception(schema, "less", long.MaxValue - 1),
            Exception(schema, "more", long.MaxValue), Exception(schema, "more", long.MaxValue),
        ];
        SampleQuery query = CountAll(Kind.Exception) with
        {
            GroupBy = [new GroupField(schema.Ordinal("class"))],
            Measures = [new(MeasureKind.SumOfSquares, field), new(MeasureKind.Sum, field)],
            Order = [new OrderTerm(OrderBy.Ratio, 0, 1) { Descending = true }],
        };
        Aggregation aggregation = new(query);

        aggregation.Add(new ArrayChunk(schema, rows), TimeRange.All);

        Assert.That(System.Text.Encoding.UTF8.GetString(aggregation.Complete().KeyText(0, 0)), Is.EqualTo("more"));
    }

    [TestCase(99, false)]
    [TestCase(100, true)]
    public void As_many_rows_as_allowed_are_read_and_not_one_more(int maxRows, bool allowed)
    {
        KindSchema schema = SampleSchema.Of(Kind.Event);
        ArrayChunk chunk = new(schema, new RowGenerator(new Random(1)).Sorted(schema, 100, 1_000));
        Aggregation aggregation = new(CountAll(Kind.Event) with { MaxRows = maxRows });

        Action add = () => aggregation.Add(chunk, TimeRange.All);

        Assert.That(add, allowed ? Throws.Nothing : Throws.TypeOf<QueryLimitException>().With.Property("Option").EqualTo("Query:MaxRows"));
    }

    [Test]
    public void Groups_that_take_more_memory_than_they_may_are_refused()
    {
        KindSchema schema = SampleSchema.Of(Kind.Exception);
        string padding = new('x', 1_000);
        ArrayChunk chunk = new(schema, [.. Enumerable.Range(0, 40_000).Select(i => Exception(schema, padding + i, i))]);
        SampleQuery query = CountAll(Kind.Exception) with { GroupBy = [new(schema.Ordinal("class"))] };
        Action few = () => new Aggregation(query with { MaxBytes = 200 << 20 }).Add(chunk, TimeRange.All);
        Action many = () => new Aggregation(query with { MaxBytes = 16 << 20 }).Add(chunk, TimeRange.All);

        Assert.That(few, Throws.Nothing);
        Assert.That(many, Throws.TypeOf<QueryLimitException>().With.Property("Option").EqualTo("Query:MaxResultBytes"));
    }

    [TestCase(9, false)]
    [TestCase(10, true)]
    public void As_many_groups_as_allowed_are_made_and_not_one_more(int maxGroups, bool allowed)
    {
        KindSchema schema = SampleSchema.Of(Kind.Exception);
        ArrayChunk chunk = new(schema, [.. Enumerable.Range(0, 20).Select(i => Exception(schema, $"class {i % 10}", i))]);
        Aggregation aggregation = new(CountAll(Kind.Exception) with { GroupBy = [new(schema.Ordinal("class"))], MaxGroups = maxGroups });

        Action add = () => aggregation.Add(chunk, TimeRange.All);

        Assert.That(add, allowed ? Throws.Nothing : Throws.TypeOf<QueryLimitException>().With.Property("Option").EqualTo("Query:MaxGroups"));
    }

    [Test]
    public void A_caller_who_left_ends_the_scan()
    {
        KindSchema schema = SampleSchema.Of(Kind.Event);
        ArrayChunk chunk = new(schema, new RowGenerator(new Random(1)).Sorted(schema, 100, 1_000));
        Aggregation aggregation = new(CountAll(Kind.Event), new CancellationToken(canceled: true));

        Assert.That(() => aggregation.Add(chunk, TimeRange.All), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Latest_texts_far_bigger_than_what_is_kept_are_still_right()
    {
        // Five megabytes of messages pass by, each the latest for a while.
        KindSchema schema = SampleSchema.Of(Kind.Exception);
        SampleQuery query = CountAll(Kind.Exception) with { Measures = [new(MeasureKind.Latest, schema.Ordinal("message"))] };
        Aggregation aggregation = new(query);
        for (int i = 0; i < 500; i++)
        {
            Row row = Exception(schema, "c", 1).With("time", RowGenerator.Start + i).With("message", new string((char)('a' + i % 26), 10_000) + i);
            aggregation.Add(new ArrayChunk(schema, [row]), TimeRange.All);
        }

        Assert.That(System.Text.Encoding.UTF8.GetString(aggregation.Complete().LatestText(0, 0)), Is.EqualTo(new string('f', 10_000) + 499));
    }

    [Test]
    public void Many_groups_that_are_equal_in_the_first_term_are_sorted_by_the_others([Values] bool descending,
        [Values(OrderBy.Key, OrderBy.Window, OrderBy.Measure)] OrderBy last, [Values(30, int.MaxValue)] int limit)
    {
        KindSchema schema = SampleSchema.Of(Kind.Thread);
        List<Row> rows = new RowGenerator(new Random(8)).Sorted(schema, 3_000, 500_000);
        SampleQuery query = CountAll(Kind.Thread) with
        {
            WindowMilliseconds = 1_000,
            GroupBy = [new(schema.Ordinal("oname")), new(schema.Ordinal("oid"))],
            Order = [new(OrderBy.Key, 0) { Descending = descending }, new(OrderBy.Window) { Descending = !descending },
                new(last, last == OrderBy.Key ? 1 : 0) { Descending = true }],
            Limit = limit,
        };

        using QueryResult result = ResultOf(schema, query, rows, new Random(9));

        Assert.That(result.TotalGroups, Is.GreaterThan(1_000));
        Assert.That(ResultLines.Of(query, result), Is.EqualTo(ResultLines.Expected(query, rows)));
    }

    [Test]
    public void Texts_that_begin_alike_or_end_early_are_sorted_by_their_bytes(
        [Values("", "/api/v1/", "한글")] string shared, [Values] bool descending, [Values(1, 50, int.MaxValue)] int limit)
    {
        KindSchema schema = SampleSchema.Of(Kind.Transaction);
        Random random = new(limit + shared.Length);
        List<Row> rows = [];
        for (int i = 0; i < 2_000; i++)
        {
            // Of few characters, so that many are equal in their first eight bytes; some end there, some hold the byte 0, and some rows have none.
            string text = new([.. Enumerable.Range(0, random.Next(14)).Select(_ => "\0aé한z"[random.Next(5)])]);
            Row row = new Row(schema).With("time", RowGenerator.Start + i).With("service", "/").With("elapsed", 1L);
            rows.Add(random.Next(20) == 0 ? row : row.With("user_id", shared + text));
        }

        SampleQuery query = CountAll(Kind.Transaction) with
        {
            GroupBy = [new(schema.Ordinal("user_id"))],
            Order = descending ? [new(OrderBy.Key, 0) { Descending = true }] : [],
            Limit = limit,
        };

        using QueryResult result = ResultOf(schema, query, rows, new Random(9));

        Assert.That(result.TotalGroups, Is.GreaterThan(1_000));
        Assert.That(ResultLines.Of(query, result), Is.EqualTo(ResultLines.Expected(query, rows)));
    }

    internal static TimeRange AnyRange(Random random)
    {
        const long length = 3 * 3_600_000;
        long from = RowGenerator.Start + random.NextInt64(-length / 4, length);
        long to = from + random.NextInt64(length);
        return random.Next(4) switch
        {
            0 => TimeRange.All,
            1 => new TimeRange(from / 300_000 * 300_000, to / 300_000 * 300_000),
            2 => new TimeRange(RowGenerator.Start - 1, to),
            _ => new TimeRange(from, to),
        };
    }

    internal static SampleQuery CountAll(Kind kind) =>
        new() { Pcode = 1, Kind = kind, Range = TimeRange.All, Measures = [new(MeasureKind.Count)] };

    internal static QueryResult ResultOf(KindSchema schema, SampleQuery query, List<Row> rows, Random random, HashAggregatorPool? pool = null)
    {
        Aggregation[] parts = [new(query, pool, CancellationToken.None), new(query, pool, CancellationToken.None)];
        SymbolTable[] shared = ArrayChunk.NewTables(schema);
        Row[] shuffled = [.. rows];
        random.Shuffle(shuffled);
        for (int first = 0; first < shuffled.Length;)
        {
            int count = Math.Min(shuffled.Length - first, random.Next(1, 300));
            bool isShared = random.Next(2) == 0;
            ArrayChunk chunk = new(schema, shuffled[first..(first + count)], isShared ? shared : null, repeatTexts: !isShared && random.Next(2) == 0);
            parts[random.Next(2)].Add(chunk, query.Range);
            first += count;
        }

        parts[0].Merge(parts[1]);
        return parts[0].Complete();
    }

    private static Row Exception(KindSchema schema, string name, long snapSeq) =>
        new Row(schema).With("time", RowGenerator.Start).With("class", name).With("snap_seq", snapSeq);
}
