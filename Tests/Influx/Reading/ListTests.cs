using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Tests.Storage.Scanning;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Influx.Reading;

/// <summary>Lists from a real InfluxDB equal those of the embedded store, and what only several nodes can do to them.</summary>
internal sealed class ListTests
{
    private const int QueryCount = 120;

    private static readonly Kind[] _kinds = [Kind.Alert, Kind.Alert, Kind.Event, Kind.Transaction];

    private static readonly KindSchema _alert = SampleSchema.Of(Kind.Alert);

    private RealInfluxd _server = null!;

    [SetUp]
    public async Task Start()
    {
        _server = await RealInfluxd.StartWithDatabaseAsync();
    }

    [TearDown]
    public async Task Stop() => await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Lists_of_both_stores_are_equal([Range(1, 4)] int seed)
    {
        Random random = new(seed);
        ListRows made = new(random);
        await using ListedStores stores = new(_server);
        for (int step = 0; step < 40; step++)
        {
            await stores.WriteAsync(made.Batch(_kinds[random.Next(_kinds.Length)], 1 + random.Next(5) / 4, 1 + random.Next(120), step * 4), 0);
            await stores.WriteAsync(Later(made.Batch(_kinds[random.Next(_kinds.Length)], 1 + random.Next(5) / 4, 1 + random.Next(120), step * 4)), 1);
        }

        for (int i = 0; i < QueryCount; i++)
        {
            await stores.CheckAsync(made.AnyQuery(_kinds[random.Next(_kinds.Length)], 1 + random.Next(5) / 4, stores.Rows));
        }
    }

    [Test]
    public async Task Pages_far_down_of_many_samples_are_equal()
    {
        Random random = new(5);
        ListRows made = new(random);
        await using ListedStores stores = new(_server);
        for (int second = 0; second < 60; second++)
        {
            await stores.WriteAsync(made.Batch(Kind.Transaction, 1, 1_000, second), 0);
            if (second % 2 == 0)
            {
                await stores.WriteAsync(Later(made.Batch(Kind.Transaction, 1, 500, second)), 1);
            }
        }

        for (int i = 0; i < 40; i++)
        {
            ListQuery query = made.AnyQuery(Kind.Transaction, 1, stores.Rows);
            await stores.CheckAsync(query with { Offset = random.NextInt64(70_000), Filters = i % 4 == 0 ? query.Filters : [] });
        }
    }

    [Test]
    public async Task An_alert_that_two_nodes_took_is_listed_once_where_it_was_first()
    {
        Guid twice = Guid.NewGuid();
        await new ReadPoints(_server, "apm", 0xB2).WriteUnitAsync(1, [Alert(twice, 5_000, "late"), Alert(Guid.NewGuid(), 6_000, "other")]);
        await new ReadPoints(_server, "apm", 0xA1).WriteUnitAsync(1, [Alert(twice, 0, "early")]);
        ListQuery query = Titles();
        ListQuery ofId = query with { Filters = [Filter.OfTexts(_alert.Ordinal("id"), FilterOperator.AnyOf, twice.ToString("D"))] };
        Assert.That((await TitlesAsync(query), await TitlesAsync(ofId)), Is.EqualTo(("2: other early", "1: early")));
    }

    [Test]
    public async Task Samples_of_one_millisecond_are_ordered_by_node_and_number()
    {
        await new ReadPoints(_server, "apm", 0xB2, 999_999).WriteUnitAsync(1, [Alert(Guid.NewGuid(), 0, "b1"), Alert(Guid.NewGuid(), 0, "b2")]);
        await new ReadPoints(_server, "apm", 0xA1).WriteUnitAsync(1, [Alert(Guid.NewGuid(), 0, "a1"), Alert(Guid.NewGuid(), 0, "a2")]);
        ListQuery query = Titles();
        string second = await TitlesAsync(query with { Limit = 2, After = new SampleId(ListRows.Start, 0xB2, 1_000_000) });
        Assert.That(
            (await TitlesAsync(query), await TitlesAsync(query with { Order = ListOrder.FirstArrivalFirst }), second),
            Is.EqualTo(("4: b2 b1 a2 a1", "4: a1 a2 b1 b2", "4: b1 a2")));
    }

    [Test]
    public async Task A_list_that_needs_more_rows_than_it_may_is_refused()
    {
        await new ReadPoints(_server, "apm", 0xA1).WriteUnitAsync(1, [.. Enumerable.Range(0, 11).Select(i => Alert(Guid.NewGuid(), i, "t"))]);
        using InfluxReader reader = ReadSetup.Reader(_server);
        ListQuery query = Titles() with { Filters = [Filter.Present(_alert.Ordinal("title"))], MaxRows = 10 };
        Assert.That(async () => await reader.ListAsync(query, CancellationToken.None),
            Throws.TypeOf<QueryLimitException>().With.Property("Option").EqualTo("Query:MaxRows"));
    }

    [Test]
    public async Task What_is_past_its_retention_is_not_listed()
    {
        using InfluxReader reader = ReadSetup.Reader(_server, TimeSpan.FromHours(2));
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - ListRows.Start;
        await new ReadPoints(_server, "apm", 0xA1)
            .WriteUnitAsync(1, [Alert(Guid.NewGuid(), now - (3 * 3_600_000), "old"), Alert(Guid.NewGuid(), now - 3_600_000, "young")]);
        Assert.That(await TitlesAsync(Titles(), reader), Is.EqualTo("1: young"));
    }

    private static ListQuery Titles() =>
        new() { Pcode = 1, Kind = Kind.Alert, Range = TimeRange.All, Fields = [_alert.Ordinal("title")], Limit = 10, CountTotal = true };

    private static Row Alert(Guid id, long at, string title) => new Row(_alert)
        .With("time", ListRows.Start + at).With("severity", "Info").With("source", "s").With("title", title).With("id", id.ToString("D"));

    private async Task<string> TitlesAsync(ListQuery query, InfluxReader? reader = null)
    {
        using InfluxReader own = ReadSetup.Reader(_server);
        SampleList list = await (reader ?? own).ListAsync(query, CancellationToken.None);
        return $"{list.Total}: {string.Join(' ', Enumerable.Range(0, list.RowCount).Select(row => Encoding.UTF8.GetString(list.Text(row, 0))))}";
    }

    // Not the same milliseconds as the other node's.
    private static Row[] Later(Row[] rows) => Array.ConvertAll(rows, row => row.At(row.Time + 500));
}
