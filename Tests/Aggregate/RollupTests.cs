using NUnit.Framework;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Aggregate;

/// <summary>Rollups, built, encoded and read again, give what the samples give; and damaged ones do no harm.</summary>
internal sealed class RollupTests
{
    [Test]
    public void Rollups_and_the_raw_rest_of_several_blocks_equal_the_naive_result([Values] Kind kind, [Range(1, 6)] int seed)
    {
        Random random = new(seed * 1_000 + (int)kind);
        KindSchema schema = SampleSchema.Of(kind);
        List<Row> rows = new RowGenerator(random).Sorted(schema, random.Next(2_000, 4_000), 3 * 3_600_000);
        List<(BuiltRollups Rollups, List<ArrayChunk> Chunks)> blocks = Blocks(schema, rows, random);
        for (int i = 0; i < 30; i++)
        {
            SampleQuery query = new QueryGenerator(schema, random).OfRollup(AggregationTests.AnyRange(random));
            Aggregation aggregation = new(query);
            foreach ((BuiltRollups rollups, List<ArrayChunk> chunks) in blocks)
            {
                AddBlock(aggregation, rollups, chunks, query.Range);
            }

            Assert.That(ResultLines.Of(query, aggregation.Complete()), Is.EqualTo(ResultLines.Expected(query, rows)), $"query {i}: {query}");
        }
    }

    [Test]
    public void Random_queries_of_a_declaration_do_use_its_rollups()
    {
        Random random = new(11);
        KindSchema schema = SampleSchema.Of(Kind.Sql);
        (BuiltRollups rollups, List<ArrayChunk> _) = Block(schema, new RowGenerator(random).Sorted(schema, 6_000, 3 * 3_600_000), random);
        int used = 0;
        for (int i = 0; i < 100; i++)
        {
            Aggregation aggregation = new(new QueryGenerator(schema, random).OfRollup(TimeRange.All));
            aggregation.AddRollups(rollups, AggregationTests.AnyRange(random), []);
            used += aggregation.Complete().Source == ResultSource.Rollup ? 1 : 0;
        }

        Assert.That(used, Is.GreaterThan(20));
    }

    [Test]
    public void Ranges_left_over_are_disjoint_ascending_and_inside_the_block([Range(1, 20)] int seed)
    {
        Random random = new(seed);
        KindSchema schema = SampleSchema.Of(Kind.Transaction);
        (BuiltRollups rollups, List<ArrayChunk> _) = Block(schema, new RowGenerator(random).Sorted(schema, 3_000, 3 * 3_600_000), random);
        SampleQuery query = new QueryGenerator(schema, random).OfRollup(TimeRange.All);
        TimeRange range = AggregationTests.AnyRange(random);
        List<TimeRange> rest = [];

        new Aggregation(query).AddRollups(rollups, range, rest);

        long end = Math.Max(range.From, rollups.FirstTime);
        Assert.Multiple(() =>
        {
            foreach (TimeRange left in rest)
            {
                Assert.That(left.IsEmpty, Is.False);
                Assert.That(left.From, Is.GreaterThanOrEqualTo(end));
                end = left.To;
            }

            Assert.That(rest.Count == 0 || end <= Math.Min(range.To, rollups.LastTime + 1));
        });
    }

    [TestCase(0, RollupLevel.Block)]
    [TestCase(1, RollupLevel.Hour)]
    public void A_whole_block_takes_no_raw_row(long shift, RollupLevel coarsest)
    {
        KindSchema schema = SampleSchema.Of(Kind.Transaction);
        List<Row> rows = Steady(schema, 6_000, 5_000);
        (BuiltRollups rollups, List<ArrayChunk> _) = Block(schema, rows, new Random(1));
        SampleQuery query = ByService(schema) with { WindowMilliseconds = shift == 0 ? 0 : 3_600_000 };
        Aggregation aggregation = new(query);
        List<TimeRange> rest = [];

        aggregation.AddRollups(rollups, TimeRange.All, rest);

        Assert.That((rest.Count, aggregation.Complete().Source), Is.EqualTo((0, ResultSource.Rollup)), $"{coarsest}");
    }

    [Test]
    public void Only_the_edges_of_a_range_are_read_raw()
    {
        KindSchema schema = SampleSchema.Of(Kind.Transaction);
        (BuiltRollups rollups, List<ArrayChunk> _) = Block(schema, Steady(schema, 6_000, 5_000), new Random(1));
        List<TimeRange> rest = [];
        long from = 1_700_000_400_000 - 7;
        long to = 1_700_006_400_000 + 9;

        new Aggregation(ByService(schema)).AddRollups(rollups, new TimeRange(from, to), rest);

        Assert.That(rest, Is.EqualTo(new TimeRange[] { new(from, from + 7), new(to - 9, to) }));
    }

    [Test]
    public void Another_apdex_threshold_than_the_rollups_reads_everything_raw()
    {
        KindSchema schema = SampleSchema.Of(Kind.Transaction);
        (BuiltRollups rollups, List<ArrayChunk> _) = Block(schema, Steady(schema, 2_000, 5_000), new Random(1));
        SampleQuery query = ByService(schema) with
        {
            Measures = [new(MeasureKind.Satisfied, schema.Ordinal("elapsed"), ThresholdMicroseconds: QueryGenerator.Threshold + 1)],
        };
        List<TimeRange> rest = [];

        new Aggregation(query).AddRollups(rollups, TimeRange.All, rest);

        Assert.That(rest, Is.EqualTo(new TimeRange[] { new(rollups.FirstTime, rollups.LastTime + 1) }));
    }

    [Test]
    public void With_rollups_switched_off_everything_is_raw()
    {
        KindSchema schema = SampleSchema.Of(Kind.Transaction);
        (BuiltRollups rollups, List<ArrayChunk> _) = Block(schema, Steady(schema, 2_000, 5_000), new Random(1));
        List<TimeRange> rest = [];

        new Aggregation(ByService(schema) with { UseRollups = false }).AddRollups(rollups, TimeRange.All, rest);

        Assert.That(rest, Is.EqualTo(new TimeRange[] { new(rollups.FirstTime, rollups.LastTime + 1) }));
    }

    [Test]
    public void Keys_that_hardly_repeat_are_left_to_the_raw_rows()
    {
        KindSchema schema = SampleSchema.Of(Kind.Transaction);
        List<Row> rows = Steady(schema, 1_000, 5_000);
        for (int i = 0; i < rows.Count; i++)
        {
            rows[i].With("remote_ip", $"10.0.0.{i / 3}");
        }

        (BuiltRollups rollups, List<ArrayChunk> _) = Block(schema, rows, new Random(1));

        Assert.That(rollups.Sections.Select(section => section.SpecIndex), Does.Not.Contain(1).And.Contain(0));
    }

    [Test]
    public void Samples_that_go_back_in_time_are_refused()
    {
        KindSchema schema = SampleSchema.Of(Kind.Transaction);
        List<Row> rows = Steady(schema, 100, 5_000);
        rows.Reverse();
        RollupBuilder builder = new(schema, 1);

        Assert.That(() => builder.Add(new ArrayChunk(schema, rows)), Throws.ArgumentException);
    }

    [Test]
    public void No_sample_gives_no_section()
    {
        Assert.That(new RollupBuilder(SampleSchema.Of(Kind.Sql), 1).Complete(), Is.Empty);
    }

    [Test]
    public void A_truncated_section_is_refused([Values] Kind kind, [Values] bool withSketches)
    {
        KindSchema schema = SampleSchema.Of(kind);
        (BuiltRollups rollups, List<ArrayChunk> _) = Block(schema, new RowGenerator(new Random(3)).Sorted(schema, 1_000, 900_000), new Random(1));
        byte[] section = rollups.Sections[0].Bytes.ToArray();

        Assert.Multiple(() =>
        {
            for (int length = 0; length < section.Length; length++)
            {
                Assert.That(() => Rollup.TryRead(section.AsSpan(0, length), withSketches), Throws.TypeOf<InvalidDataException>());
            }
        });
    }

    [Test]
    public void Damaged_bytes_are_refused_or_read_but_never_crash([Values] Kind kind, [Values] bool withSketches)
    {
        Random random = new(7);
        KindSchema schema = SampleSchema.Of(kind);
        (BuiltRollups rollups, List<ArrayChunk> _) = Block(schema, new RowGenerator(random).Sorted(schema, 1_000, 900_000), random);
        int refused = 0;
        foreach (RollupSection section in rollups.Sections)
        {
            for (int i = 0; i < 400; i++)
            {
                byte[] bytes = section.Bytes.ToArray();
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                bytes[random.Next(Math.Min(60, bytes.Length))] ^= (byte)(1 << random.Next(8));
                refused += IsRefused(bytes, withSketches) ? 1 : 0;
            }
        }

        Assert.That(refused, Is.Positive);
    }

    private static bool IsRefused(byte[] bytes, bool withSketches)
    {
        try
        {
            Rollup.TryRead(bytes, withSketches);
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    private static SampleQuery ByService(KindSchema schema) => AggregationTests.CountAll(Kind.Transaction) with
    {
        GroupBy = [new GroupField(schema.Ordinal("service"))],
        Measures = [new(MeasureKind.Count), new(MeasureKind.Sum, schema.Ordinal("elapsed"))],
    };

    private static List<Row> Steady(KindSchema schema, int count, long step) => [.. Enumerable.Range(0, count).Select(i => new Row(schema)
        .With("time", RowGenerator.Start + i * step / 4).With("service", $"/{i % 3}").With("elapsed", i).With("oname", "a"))];

    private static void AddBlock(Aggregation aggregation, BuiltRollups rollups, List<ArrayChunk> chunks, TimeRange range)
    {
        List<TimeRange> rest = [];
        aggregation.AddRollups(rollups, range, rest);
        foreach (TimeRange left in rest)
        {
            foreach (ArrayChunk chunk in chunks)
            {
                aggregation.Add(chunk, left);
            }
        }
    }

    // Blocks that overlap in time, as late samples make them.
    private static List<(BuiltRollups Rollups, List<ArrayChunk> Chunks)> Blocks(KindSchema schema, List<Row> rows, Random random)
    {
        int blocks = random.Next(1, 4);
        int[] blockOfRow = [.. rows.Select(_ => random.Next(blocks))];
        return [.. Enumerable.Range(0, blocks).Select(block => Block(schema, [.. rows.Where((_, i) => blockOfRow[i] == block)], random))];
    }

    private static (BuiltRollups Rollups, List<ArrayChunk> Chunks) Block(KindSchema schema, List<Row> rows, Random random)
    {
        List<ArrayChunk> chunks = [];
        for (int first = 0; first < rows.Count;)
        {
            int count = Math.Min(rows.Count - first, random.Next(1, 900));
            chunks.Add(new ArrayChunk(schema, rows.GetRange(first, count)));
            first += count;
        }

        return (new BuiltRollups(schema, chunks, QueryGenerator.Threshold), chunks);
    }
}
