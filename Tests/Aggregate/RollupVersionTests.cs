using NUnit.Framework;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Aggregate;

/// <summary>Sections that another version wrote are read by the names of their fields, or not used at all.</summary>
internal sealed class RollupVersionTests
{
    [Test]
    public void Sections_of_another_order_of_fields_give_the_naive_result([Values] Kind kind, [Values(1, 2)] int seed)
    {
        Random random = new(seed * 100 + (int)kind);
        KindSchema schema = SampleSchema.Of(kind);
        List<Row> rows = new RowGenerator(random).Sorted(schema, 3_000, 2 * 3_600_000);
        BuiltRollups rollups = Build(OtherSchema.Reordered(schema), rows);
        ArrayChunk chunk = new(schema, rows);
        for (int i = 0; i < 30; i++)
        {
            SampleQuery query = new QueryGenerator(schema, random).OfRollup(AggregationTests.AnyRange(random));
            Assert.That(Lines(query, rollups, chunk, out _), Is.EqualTo(ResultLines.Expected(query, rows)), $"query {i}: {query}");
        }
    }

    [Test]
    public void Sections_of_another_order_of_fields_are_of_the_declarations_of_today([Values] Kind kind)
    {
        KindSchema schema = SampleSchema.Of(kind);
        BuiltRollups rollups = Build(OtherSchema.Reordered(schema), new RowGenerator(new Random(1)).Sorted(schema, 3_000, 900_000));
        Assert.That(rollups.Sections, Is.Not.Empty);
        foreach (RollupSection section in rollups.Sections)
        {
            Assert.That(Rollup.TryRead(section.Bytes.Span)!.IsOf(schema.Rollups[section.SpecIndex]), Is.True);
        }
    }

    [TestCase(Kind.Sql, "sql")]
    [TestCase(Kind.Sql, "fetch_count")]
    [TestCase(Kind.Exception, "message")]
    public void A_section_with_an_unknown_field_is_not_used(Kind kind, string field) =>
        AssertUnused(kind, schema => OtherSchema.Changed(schema, field, each => new Field("unknown", each.Type)));

    [Test]
    public void A_section_with_a_field_of_another_type_is_not_used() =>
        AssertUnused(Kind.Httpc, schema => OtherSchema.Changed(schema, "port", each => new Field(each.Name, FieldType.Text)));

    [TestCase(1)]
    [TestCase(4)]
    public void A_section_of_another_version_is_not_used(byte version)
    {
        byte[] section = Build(SampleSchema.Of(Kind.Sql), Steady(SampleSchema.Of(Kind.Sql))).Sections[0].Bytes.ToArray();
        section[0] = version;
        Assert.That((Rollup.TryRead(section), RollupCursor.TryOpen(section)), Is.EqualTo(((Rollup?)null, (RollupCursor?)null)));
    }

    // The first rollup of the kind has the field that another version declared otherwise.
    private static void AssertUnused(Kind kind, Func<KindSchema, KindSchema> changed)
    {
        KindSchema schema = SampleSchema.Of(kind);
        List<Row> rows = Steady(schema);
        RollupSpec spec = schema.Rollups[0];
        SampleQuery query = AggregationTests.CountAll(kind) with { GroupBy = [new GroupField(spec.Keys[0])] };
        Lines(query, Build(schema, rows), new ArrayChunk(schema, rows), out ResultSource source);
        Assert.That(source, Is.EqualTo(ResultSource.Rollup));

        BuiltRollups rollups = Build(changed(schema), rows);
        byte[] section = rollups.Sections.First(section => section.SpecIndex == 0).Bytes.ToArray();
        Assert.That((Rollup.TryRead(section), RollupCursor.TryOpen(section)), Is.EqualTo(((Rollup?)null, (RollupCursor?)null)));
        Assert.That(Lines(query, rollups, new ArrayChunk(schema, rows), out source), Is.EqualTo(ResultLines.Expected(query, rows)));
        Assert.That(source, Is.EqualTo(ResultSource.Raw));
    }

    private static BuiltRollups Build(KindSchema schema, List<Row> rows) =>
        new(schema, [new ArrayChunk(schema, [.. rows.Select(row => OtherSchema.RowOf(schema, row))])], QueryGenerator.Threshold);

    private static List<string> Lines(SampleQuery query, BuiltRollups rollups, ArrayChunk chunk, out ResultSource source)
    {
        Aggregation aggregation = new(query);
        List<TimeRange> rest = [];
        aggregation.AddRollups(rollups, query.Range, rest);
        rest.ForEach(left => aggregation.Add(chunk, left));
        QueryResult result = aggregation.Complete();
        source = result.Source;
        return ResultLines.Of(query, result);
    }

    // Few keys, so that every rollup is worth keeping.
    private static List<Row> Steady(KindSchema schema) => [.. Enumerable.Range(0, 1_000).Select(i =>
    {
        Row row = new Row(schema).With("time", RowGenerator.Start + i * 100).With("oname", "a");
        foreach (Field field in schema.Fields.Where(field => field.Required && field.Ordinal != KindSchema.Time))
        {
            row = field.IsText ? row.With(field.Name, "a") : row.With(field.Name, 7);
        }

        return row;
    })];
}
