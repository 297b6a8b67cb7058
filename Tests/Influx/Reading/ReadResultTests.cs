using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Influx.Reading;

/// <summary>Results from a real InfluxDB equal the naive computation, to the last digit: from units, from raw rows, and from both.</summary>
internal sealed class ReadResultTests
{
    private const string Database = "apm";
    private const int QueryCount = 30;
    private const int RowsOfUnit = 5_000;
    private const long Length = 3_600_000;

    private static readonly Kind[] _kinds = [.. SampleSchema.All.Select(schema => schema.Kind).Where(kind => kind != Kind.Alert)];

    private readonly Dictionary<Kind, List<Row>> _rows = [];
    private RealInfluxd _server = null!;
    private InfluxReader _reader = null!;

    [OneTimeSetUp]
    public async Task Fill()
    {
        _server = await RealInfluxd.StartWithDatabaseAsync();
        _reader = ReadSetup.Reader(_server);
        ReadPoints first = new(_server, Database, 0xA1);
        ReadPoints second = new(_server, Database, 0xB2, 63_999_000);
        foreach (Kind kind in _kinds)
        {
            KindSchema schema = SampleSchema.Of(kind);
            Random random = new(4_711 + (int)kind);
            RowGenerator generator = new(random);
            List<Row> rows = [];

            // Two nodes at the same times: closed units that overlap, one that is open, one that has no rollups at all, in a part of the time.
            await WriteAsync(first, rows, generator.Sorted(schema, RowsOfUnit, Length), true, true);
            await WriteAsync(second, rows, generator.Sorted(schema, RowsOfUnit, Length), true, true);
            await WriteAsync(first, rows, generator.Sorted(schema, 40, Length / 6), false, true);
            List<Row> late = [.. generator.Sorted(schema, 10, Length).Where(row => row.Time > RowGenerator.Start + (Length * 9 / 10))];
            await WriteAsync(second, rows, late, true, false);
            await second.WriteUnitAsync(2, generator.Sorted(schema, 100, Length));
            _rows[kind] = rows;
        }
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _reader?.Dispose();
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [TestCaseSource(nameof(Cases))]
    public async Task The_result_of_any_query_equals_the_naive_computation(Kind kind, bool useRollups)
    {
        QueryGenerator generator = new(SampleSchema.Of(kind), new Random(99));
        Random random = new(7);
        for (int i = 0; i < QueryCount; i++)
        {
            SampleQuery query = (i % 2 == 0 ? generator.OfRollup(Range(random)) : generator.Any(Range(random))) with { UseRollups = useRollups };
            QueryResult result = await _reader.QueryAsync(query, CancellationToken.None);
            Assert.That(ResultLines.Of(query, result), Is.EqualTo(ResultLines.Expected(query, _rows[kind])), $"{query}");
        }
    }

    [Test]
    public async Task Whole_buckets_come_from_units_and_the_open_ones_from_rows()
    {
        KindSchema schema = SampleSchema.Of(Kind.Thread);
        SampleQuery query = new()
        {
            Pcode = 1,
            Kind = Kind.Thread,
            Range = new TimeRange(InfluxSchema.BucketOf(RowGenerator.Start) + (Length / 2),
                InfluxSchema.BucketOf(RowGenerator.Start) + (Length * 3 / 4)),
            Measures = [new Measure(MeasureKind.Sum, schema.Ordinal("count"))],
            Filters = [Filter.Present(KindSchema.Oname)],
        };
        QueryResult closed = await _reader.QueryAsync(query, CancellationToken.None);
        QueryResult all = await _reader.QueryAsync(query with { Range = TimeRange.All }, CancellationToken.None);
        QueryResult raw = await _reader.QueryAsync(query with { UseRollups = false }, CancellationToken.None);
        Assert.That((closed.Source, all.Source, raw.Source), Is.EqualTo((ResultSource.Rollup, ResultSource.Both, ResultSource.Raw)));
    }

    private static IEnumerable<TestCaseData> Cases() => _kinds.SelectMany(kind => new[] { new TestCaseData(kind, true), new TestCaseData(kind, false) });

    private static TimeRange Range(Random random)
    {
        long from = RowGenerator.Start + random.NextInt64(Length / 2);
        long to = from + random.NextInt64(Length);
        return random.Next(4) switch
        {
            0 => TimeRange.All,
            1 => new TimeRange(InfluxSchema.BucketOf(from), InfluxSchema.BucketOf(to)),
            _ => new TimeRange(from, to),
        };
    }

    private static async Task WriteAsync(ReadPoints node, List<Row> rows, List<Row> added, bool closed, bool withRollups)
    {
        rows.AddRange(added);
        await node.WriteUnitAsync(1, added, closed, withRollups);
    }
}
