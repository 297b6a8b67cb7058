using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Alerts;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Core.Storage.Influx.Rollups;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Influx.Reading;

/// <summary>Hours of closed units are merged once and kept; what comes late into one counts in the next result all the same.</summary>
internal sealed class ReadHourTests
{
    private const string Database = "apm";
    private const long Hour = 3_600_000;
    private const long Start = 472_223 * Hour;
    private const int Hours = 3;
    private const int RowsOfNode = 6_000;
    private const int QueryCount = 40;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);

    private readonly List<Row> _rows = [];
    private readonly Random _random = new(31);
    private UnitCache _cache = null!;
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);
    private RealInfluxd _server = null!;
    private HttpMessageInvoker _http = null!;
    private ReadPoints _first = null!;

    [SetUp]
    public async Task Fill()
    {
        _rows.Clear();
        _cache = new UnitCache(1 << 26, 1 << 26);
        _server = await RealInfluxd.StartWithDatabaseAsync();
        _http = InfluxQlClient.MakeInvoker();
        _first = new ReadPoints(_server, Database, 0xA1);
        await WriteAsync(_first, RowsOfNode, Hours * Hour, true, true);
        await WriteAsync(new ReadPoints(_server, Database, 0xB2), RowsOfNode, Hours * Hour, true, true);
    }

    [TearDown]
    public async Task Stop()
    {
        _http?.Dispose();
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Test]
    public async Task The_result_of_any_query_from_merged_hours_equals_the_naive_computation()
    {
        QueryGenerator generator = new(_schema, new Random(5));
        for (int i = 0; i < QueryCount; i++)
        {
            long from = Start + (_random.Next(-1, Hours) * Hour) + (i % 3 == 0 ? 0 : _random.Next(13) * 300_000L);
            SampleQuery query = generator.OfRollup(i % 5 == 0 ? TimeRange.All : new TimeRange(from, from + (_random.Next(1, 3) * Hour) + (i % 2 * 77_777)));
            Assert.That(await ResultAsync(query), Is.EqualTo(ResultLines.Expected(query, _rows)), $"{query}");
        }
    }

    [Test]
    public async Task An_hour_is_kept_once_it_was_asked_for_and_its_units_are_not()
    {
        await ResultAsync(OfServices());
        HourCacheKey place = new(1, Kind.Transaction, 0, Start + Hour);
        Assert.That((_cache.Hours.Find(place) is not null, _cache.Units.Find(new UnitCacheKey(1, Kind.Transaction, 0, Start + Hour, "00000000000000a1", 0))),
            Is.EqualTo((true, (CachedUnitRollup?)null)));
    }

    // A closed unit, and one that is still open.
    [TestCase(true)]
    [TestCase(false)]
    public async Task What_comes_late_into_a_kept_hour_counts(bool closed)
    {
        SampleQuery query = OfServices();
        await ResultAsync(query);
        await WriteAsync(_first, 50, Hour, closed, true);
        Assert.That(await ResultAsync(query), Is.EqualTo(ResultLines.Expected(query, _rows)));
    }

    [Test]
    public async Task What_others_write_into_a_kept_hour_counts_ten_minutes_later()
    {
        SampleQuery query = OfServices();
        await ResultAsync(query);
        List<string> before = ResultLines.Expected(query, _rows).ToList();
        await WriteAsync(_first, 50, Hour, true, withRollups: false);
        Assert.That(await ResultAsync(query), Is.EqualTo(before));
        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.That(await ResultAsync(query), Is.EqualTo(ResultLines.Expected(query, _rows)));
    }

    private static SampleQuery OfServices() => new()
    {
        Pcode = 1,
        Kind = Kind.Transaction,
        Range = new TimeRange(Start, Start + (Hours * Hour)),
        GroupBy = [new GroupField(_schema.Ordinal("service"))],
        Measures = [new Measure(MeasureKind.Count), new Measure(MeasureKind.Sketch, _schema.Ordinal("elapsed"))],
    };

    private async Task<List<string>> ResultAsync(SampleQuery query)
    {
        InfluxQlClient client = new(_http, ReadSetup.Options(_server.Address), TimeProvider.System);
        Aggregation aggregation = new(query);
        List<TimeRange> rest = [];
        await new UnitScan(client, query, aggregation, _cache, RepeatedAlerts.None, _clock).AddAsync(query.Range, rest, CancellationToken.None);
        RawScan raw = new(client, query, aggregation, new PushdownPredicates(query.Kind, query.Filters), RepeatedAlerts.None);
        foreach (TimeRange range in rest)
        {
            await raw.AddAsync(range, CancellationToken.None);
        }

        return [.. ResultLines.Of(query, aggregation.Complete())];
    }

    private async Task WriteAsync(ReadPoints node, int count, long length, bool closed, bool withRollups)
    {
        List<Row> rows = [.. Enumerable.Range(0, count).Select(_ => RowAt(Start + _random.NextInt64(length)))];
        _rows.AddRange(rows);
        await node.WriteUnitAsync(1, rows, closed, withRollups);
    }

    private Row RowAt(long time)
    {
        int agent = _random.Next(2);
        Row row = new Row(_schema)
            .With("time", time).With("oid", agent).With("oname", $"agent-{agent}").With("service", $"/service/{_random.Next(3)}")
            .With("elapsed", _random.NextInt64(1L << _random.Next(1, 40))).With("error", _random.Next(5) == 0 ? 1 : 0).With("sql_count", _random.Next(9));
        return _random.Next(3) == 0 ? row : row.With("remote_ip", $"10.0.0.{_random.Next(4)}")
            .With("city", _random.Next(20).ToString(CultureInfo.InvariantCulture));
    }
}
