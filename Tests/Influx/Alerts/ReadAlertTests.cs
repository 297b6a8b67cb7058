using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Alerts;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Tests.Influx.Reading;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Rows;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Influx.Alerts;

/// <summary>Alerts are looked up by their id, and one that two nodes took counts once. Texts of filters and rows are never syntax.</summary>
internal sealed class ReadAlertTests
{
    private const string Database = "apm";
    private const long Time = 1_700_000_000_000;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Alert);

    private RealInfluxd _server = null!;
    private InfluxReader _reader = null!;

    [SetUp]
    public async Task Start()
    {
        _server = await RealInfluxd.StartWithDatabaseAsync();
        _reader = ReadSetup.Reader(_server);
    }

    [TearDown]
    public async Task Stop()
    {
        _reader?.Dispose();
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Test]
    public async Task An_id_that_two_nodes_took_counts_once_and_the_earliest_is_kept()
    {
        Guid twice = Guid.NewGuid();
        await new ReadPoints(_server, Database, 0xB2).WriteUnitAsync(1, [Alert(twice, Time + 5_000, "late"), Alert(Guid.NewGuid(), Time + 6_000, "other")]);
        await new ReadPoints(_server, Database, 0xA1).WriteUnitAsync(1, [Alert(twice, Time, "early")]);
        Assert.That(
            (await TitlesAsync(TimeRange.All), await TitlesAsync(new TimeRange(Time + 1, Time + 60_000))),
            Is.EqualTo(("early=1 other=1", "other=1")));
    }

    [Test]
    public async Task The_same_id_in_two_projects_is_two_alerts()
    {
        Guid id = Guid.NewGuid();
        await new ReadPoints(_server, Database, 0xA1).WriteUnitAsync(1, [Alert(id, Time + 1, "mine")]);
        await new ReadPoints(_server, Database, 0xB2).WriteUnitAsync(2, [Alert(id, Time, "theirs")]);
        Assert.That(await TitlesAsync(TimeRange.All), Is.EqualTo("mine=1"));
    }

    [Test]
    public async Task An_id_is_found_in_its_project_only()
    {
        Guid id = Guid.NewGuid();
        await new ReadPoints(_server, Database, 0xA1).WriteUnitAsync(1, [Alert(id, Time, "t")]);
        using CoreInstruments instruments = new();
        using AlertLookup lookup = new(ReadSetup.Options(_server.Address), TimeProvider.System, instruments, NullLogger.Instance);
        IReadOnlySet<Guid> mine = (await lookup.FindAsync(1, [Guid.NewGuid(), id, Guid.NewGuid()], CancellationToken.None))!;
        IReadOnlySet<Guid> theirs = (await lookup.FindAsync(2, [id], CancellationToken.None))!;
        Assert.That((mine.Single(), theirs.Count), Is.EqualTo((id, 0)));
    }

    [Test]
    public async Task Texts_that_look_like_syntax_round_trip_and_find_themselves()
    {
        // A tag of alerts is made of the id's first byte only, so these are all in texts.
        List<Row> rows = [.. HostileTexts.All.Select((text, i) => Alert(Guid.NewGuid(), Time + i, text))];
        await new ReadPoints(_server, Database, 0xA1).WriteUnitAsync(1, rows);
        int title = _schema.Ordinal("title");
        foreach (string text in HostileTexts.All)
        {
            SampleQuery query = Query(TimeRange.All) with { Filters = [Filter.OfTexts(title, FilterOperator.AnyOf, text)] };
            QueryResult result = await _reader.QueryAsync(query, CancellationToken.None);
            Assert.That(ResultLines.Of(query, result), Is.EqualTo(ResultLines.Expected(query, rows)), text);
        }

        Assert.That(await _server.NumberAsync("SELECT count(n) FROM alert", Database), Is.EqualTo(rows.Count));
    }

    [Test]
    public async Task A_text_that_is_bound_is_compared_and_not_run()
    {
        await _server.WriteAsync("m,pcode=1 n=1i 1", Database);
        using HttpMessageInvoker http = InfluxQlClient.MakeInvoker();
        InfluxQlClient client = new(http, ReadSetup.Options(_server.Address), TimeProvider.System);
        foreach (string text in HostileTexts.All.Append("1' OR '1'='1").Append("1'; DROP MEASUREMENT m; --").Append("$p0").Append("\\' OR 1=1 --"))
        {
            InfluxRows rows = new(new InfluxColumn("n", isText: false));
            await using InfluxResponse response = await client.QueryAsync(
                InfluxStatement.Select("m", ["n"]).Where("pcode", text), rows, CancellationToken.None);
            Assert.That(await response.ReadAsync(), Is.False, text);
        }

        Assert.That(await _server.NumberAsync("SELECT count(n) FROM m", Database), Is.EqualTo(1));
    }

    [Test]
    public void A_name_that_is_none_of_the_schema_makes_no_statement() =>
        Assert.That(() => InfluxStatement.Select("m\"; DROP MEASUREMENT m", ["n"]), Throws.ArgumentException);

    [Test]
    public async Task What_is_past_its_retention_is_in_no_result()
    {
        using InfluxReader reader = ReadSetup.Reader(_server, TimeSpan.FromHours(2));
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await new ReadPoints(_server, Database, 0xA1)
            .WriteUnitAsync(1, [Alert(Guid.NewGuid(), now - (3 * 3_600_000), "old"), Alert(Guid.NewGuid(), now - 3_600_000, "young")]);
        Assert.That(await TitlesAsync(TimeRange.All, reader), Is.EqualTo("young=1"));
    }

    private static Row Alert(Guid id, long time, string title) => new Row(_schema)
        .With("time", time).With("severity", "Info").With("source", "s").With("title", title).With("id", id.ToString("D"));

    private static SampleQuery Query(TimeRange range) => new()
    {
        Pcode = 1,
        Kind = Kind.Alert,
        Range = range,
        GroupBy = [new GroupField(_schema.Ordinal("title"))],
        Measures = [new Measure(MeasureKind.Count)],
        Order = [new OrderTerm(OrderBy.Key)],
    };

    private async Task<string> TitlesAsync(TimeRange range, InfluxReader? reader = null)
    {
        QueryResult result = await (reader ?? _reader).QueryAsync(Query(range), CancellationToken.None);
        return string.Join(' ', Enumerable.Range(0, result.RowCount)
            .Select(row => $"{System.Text.Encoding.UTF8.GetString(result.KeyText(row, 0))}={result.Count(row, 0)}"));
    }
}
