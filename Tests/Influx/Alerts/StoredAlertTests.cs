using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Alerts;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Influx.Reading;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Influx.Alerts;

/// <summary>Ids of alerts are read once and kept; an alert that repeats another is left out whenever it comes, and wherever the first one lies.</summary>
internal sealed class StoredAlertTests
{
    private const string Database = "apm";
    private const long Bucket = 300_000;
    private const long Hour = 3_600_000;
    private const long Day = 86_400_000;
    private const long Start = 19_675 * Day;
    private const int AlertCount = 36;

    // Less than the first page of ids takes.
    private const long FewBytes = 4_096;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Alert);

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);
    private readonly Guid[] _ids = [.. Enumerable.Range(0, AlertCount).Select(_ => Guid.NewGuid())];
    private RealInfluxd _server = null!;
    private InfluxReader _reader = null!;
    private ReadPoints _other = null!;

    // Three hours with an alert in each bucket, and results that have filled what readers keep.
    [SetUp]
    public async Task Fill()
    {
        _server = await RealInfluxd.StartWithDatabaseAsync();
        _reader = new InfluxReader(ReadSetup.Options(_server.Address), _ => null, _clock);
        _other = new ReadPoints(_server, Database, 0xB2);
        await new ReadPoints(_server, Database, 0xA1).WriteUnitAsync(1, [.. _ids.Select((id, i) => Alert(id, Start + (i * Bucket), "first"))]);
        Assert.That(await CountsAsync(Whole), Is.EqualTo("36 listed, 36 in all, 36 counted"));
    }

    [TearDown]
    public async Task Stop()
    {
        _reader?.Dispose();
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private static TimeRange Whole => new(Start, Start + (4 * Day));

    // In a unit that is closed, and in one that is open.
    [TestCase(true)]
    [TestCase(false)]
    public async Task A_repeat_that_comes_after_ids_were_read_is_left_out(bool closed)
    {
        await _other.WriteUnitAsync(1,
            [Alert(_ids[3], Start + (3 * Bucket) + 7, "repeat"), Alert(_ids[4], Start + Day, "repeat"), Alert(Guid.NewGuid(), Start + 9, "new")], closed);
        Assert.That(await CountsAsync(Whole), Is.EqualTo("37 listed, 37 in all, 37 counted"));
    }

    [Test]
    public async Task An_open_unit_may_bring_a_repeat_at_any_time()
    {
        await _other.WriteUnitAsync(1, [Alert(Guid.NewGuid(), Start + 9, "new")], closed: false);
        string before = await CountsAsync(Whole);
        await _other.WriteUnitAsync(1, [Alert(_ids[20], Start + 10, "earlier")], withRollups: false);
        Assert.That((before, await CountsAsync(Whole)), Is.EqualTo(("37 listed, 37 in all, 37 counted", "37 listed, 37 in all, 37 counted")));
    }

    [Test]
    public async Task A_repeat_whose_first_lies_outside_the_range_is_left_out()
    {
        await _other.WriteUnitAsync(1, [Alert(_ids[0], Start + (2 * Day), "repeat"), Alert(Guid.NewGuid(), Start + (2 * Day) + 1, "new")]);
        Assert.That(await CountsAsync(new TimeRange(Start + Day, Start + (3 * Day))), Is.EqualTo("1 listed, 1 in all, 1 counted"));
    }

    [Test]
    public async Task An_earlier_one_that_comes_late_takes_the_place_of_the_first()
    {
        await _other.WriteUnitAsync(1, [Alert(_ids[30], Start - Day, "earlier")]);
        Assert.That(
            (await CountsAsync(Whole), await CountsAsync(new TimeRange(Start - Day, Start))),
            Is.EqualTo(("35 listed, 35 in all, 35 counted", "1 listed, 1 in all, 1 counted")));
    }

    [Test]
    public async Task A_repeat_of_another_project_is_none()
    {
        await _other.WriteUnitAsync(2, [Alert(_ids[0], Start - 1, "theirs")]);
        Assert.That(await CountsAsync(Whole), Is.EqualTo("36 listed, 36 in all, 36 counted"));
    }

    [Test]
    public async Task What_repeated_an_alert_that_others_deleted_is_shown_ten_minutes_later()
    {
        await _other.WriteUnitAsync(1, [Alert(_ids[0], Start + (2 * Day), "repeat")]);
        string before = await CountsAsync(Whole);
        await _server.QueryAsync(string.Create(CultureInfo.InvariantCulture,
            $"DELETE FROM alert WHERE time >= {Start}ms AND time < {Start + Bucket}ms"), Database);
        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.That((before, await CountsAsync(new TimeRange(Start + Day, Start + (3 * Day)))),
            Is.EqualTo(("36 listed, 36 in all, 36 counted", "1 listed, 1 in all, 1 counted")));
    }

    [Test]
    public async Task What_others_wrote_without_units_is_known_ten_minutes_later()
    {
        await _other.WriteUnitAsync(1, [Alert(_ids[0], Start + (2 * Day), "repeat")], withRollups: false);
        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.That(await CountsAsync(new TimeRange(Start + Day, Start + (3 * Day))), Is.EqualTo("0 listed, 0 in all, 0 counted"));
    }

    [Test]
    public async Task More_ids_than_may_be_kept_are_read_in_parts_and_repeats_found_all_the_same()
    {
        await _other.WriteUnitAsync(1,
            [Alert(_ids[1], Start + Day, "repeat"), Alert(_ids[2], Start + Day + 1, "repeat"), Alert(Guid.NewGuid(), Start + Day + 2, "new")]);
        using HttpMessageInvoker http = InfluxQlClient.MakeInvoker();
        DuplicateAlertFinder repeats = new(new InfluxQlClient(http, ReadSetup.Options(_server.Address), _clock), _clock, FewBytes);
        PushdownPredicates none = new(Kind.Alert, []);
        RepeatedAlerts first = await repeats.FindAsync(1, TimeRange.All, none, CancellationToken.None);
        RepeatedAlerts again = await repeats.FindAsync(1, TimeRange.All, none, CancellationToken.None);
        Assert.That(
            (first.Count, again.Count, again.Contains(new SampleId(Start + Day, 0xB2, 0)), again.Contains(new SampleId(Start + Day + 1, 0xB2, 1))),
            Is.EqualTo((2, 2, true, true)));
    }

    [Test]
    public void An_alert_that_is_read_again_is_no_repeat_and_takes_no_room()
    {
        StoredAlertIds ids = new();
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 10_000; i++)
            {
                ids.Take((UInt128)(uint)i << 64, new SampleId(i, 0xA1, i));
            }
        }

        RepeatedAlerts repeats = new();
        ids.FindRepeats(long.MinValue, repeats);
        Assert.That((ids.Count, repeats.Count, ids.CountOf(0)), Is.EqualTo((10_000, 0, 10_000)));
    }

    private static Row Alert(Guid id, long time, string title) => new Row(_schema)
        .With("time", time).With("severity", "Info").With("source", "s").With("title", title).With("id", id.ToString("D"));

    // What a list shows of a range, what its total is, and what statistics by severity and hour count in it.
    private async Task<string> CountsAsync(TimeRange range)
    {
        SampleList list = await _reader.ListAsync(
            new ListQuery { Pcode = 1, Kind = Kind.Alert, Range = range, Fields = [], Order = ListOrder.ById, Limit = 1_000, CountTotal = true },
            CancellationToken.None);
        QueryResult result = await _reader.QueryAsync(
            new SampleQuery
            {
                Pcode = 1,
                Kind = Kind.Alert,
                Range = range,
                WindowMilliseconds = Hour,
                GroupBy = [new GroupField(_schema.Ordinal("severity"))],
                Measures = [new Measure(MeasureKind.Count)],
            },
            CancellationToken.None);
        long counted = Enumerable.Range(0, result.RowCount).Sum(row => result.Count(row, 0));
        return string.Create(CultureInfo.InvariantCulture, $"{list.RowCount} listed, {list.Total} in all, {counted} counted");
    }
}
