using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Core.Storage.Influx.Rollups;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Tests.Storage.Scanning;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Rows;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Influx.Reading;

/// <summary>Whoever follows InfluxDB gets each sample once, in whatever order nodes send them.</summary>
internal sealed class TailTests
{
    private static readonly TimeSpan _betweenAll = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _clock = new(TestTime.Start);
    private RealInfluxd _server = null!;
    private InfluxReader _reader = null!;

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await RealInfluxd.StartWithDatabaseAsync();
        _reader = new InfluxReader(ReadSetup.Options(_server.Address), _ => null, _clock);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _reader?.Dispose();
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Test]
    public async Task Samples_come_once_though_their_batches_arrive_in_another_order([Range(1, 3)] int seed)
    {
        Random random = new(seed);
        RowGenerator made = new(random);
        KindSchema schema = SampleSchema.Of(Kind.Transaction);
        long pcode = seed;
        ListQuery query = FollowedRows.Query(Kind.Transaction) with { Pcode = pcode };
        List<(long First, Row[] Rows)> waiting = [];
        long next = 1_000_000L * seed;
        await WriteAsync([made.Row(schema, Now - 1_000, pcode)], next++);
        ISampleTail tail = await _reader.FollowAsync(query, CancellationToken.None);
        List<long> written = [];
        List<long> given = [];
        for (int step = 0; step < 25; step++)
        {
            for (int batch = random.Next(3); batch > 0; batch--)
            {
                Row[] rows = [.. Enumerable.Range(0, 1 + random.Next(40)).Select(_ => made.Row(schema, Now - random.NextInt64(200_000), pcode))];
                waiting.Add((next, rows));
                next += rows.Length;
            }

            foreach ((long first, Row[] rows) in waiting.OrderBy(_ => random.Next()).Take(2).ToArray())
            {
                await WriteAsync(rows, first);
                waiting.RemoveAll(batch => batch.First == first);
                written.AddRange(Enumerable.Range(0, rows.Length).Select(i => first + i));
            }

            given.AddRange(await NextAsync(tail));
            Assert.That(given, Is.SubsetOf(written).And.Unique);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        _clock.Advance(_betweenAll);
        given.AddRange(await NextAsync(tail));
        Assert.That(given, Is.EquivalentTo(written));
    }

    [Test]
    public async Task Samples_of_the_last_half_minute_come_at_once_and_older_ones_within_ten_seconds()
    {
        const long Pcode = 41;
        ISampleTail tail = await _reader.FollowAsync(FollowedRows.Query(Kind.Transaction) with { Pcode = Pcode }, CancellationToken.None);
        await WriteAsync([Row.Transaction(Pcode, Now - 29_000, "/recent", 1)], 0);
        await WriteAsync([Row.Transaction(Pcode, Now - 299_000, "/old", 1)], 1);
        await WriteAsync([Row.Transaction(Pcode, Now - 300_001, "/too-old", 1)], 2);
        Assert.That(await NextAsync(tail), Is.EqualTo([0L]));
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.That(await NextAsync(tail), Is.Empty);
        await WriteAsync([Row.Transaction(Pcode, Now - 200_000, "/old", 1)], 3);
        _clock.Advance(_betweenAll);
        Assert.That(await NextAsync(tail), Is.EqualTo([3L]));
    }

    [Test]
    public async Task A_filter_is_kept_and_what_a_list_may_not_hold_is_counted()
    {
        const long Pcode = 42;
        int elapsed = SampleSchema.Of(Kind.Transaction).Ordinal("elapsed");
        ListQuery query = FollowedRows.Query(Kind.Transaction) with
        {
            Pcode = Pcode,
            Limit = 3,
            Filters = [Filter.OfNumbers(elapsed, FilterOperator.GreaterThanAnyOf, 4)],
        };
        ISampleTail tail = await _reader.FollowAsync(query, CancellationToken.None);
        await WriteAsync([.. Enumerable.Range(0, 10).Select(i => Row.Transaction(Pcode, Now + i, "/a", i))], 0);
        SampleList list = await tail.NextAsync(CancellationToken.None);
        Assert.That((list.RowCount, list.Total, list.Place(0).Number, list.Number(0, elapsed)), Is.EqualTo((3, 5L, 9L, 9L)));
        Assert.That((await tail.NextAsync(CancellationToken.None)).Total, Is.Zero);
    }

    [Test]
    public async Task A_call_that_failed_passes_nothing_over()
    {
        const long Pcode = 43;
        ISampleTail tail = await _reader.FollowAsync(FollowedRows.Query(Kind.Transaction) with { Pcode = Pcode }, CancellationToken.None);
        await WriteAsync([Row.Transaction(Pcode, Now, "/a", 1)], 0);
        using CancellationTokenSource left = new();
        await left.CancelAsync();
        Assert.That(async () => await tail.NextAsync(left.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await NextAsync(tail), Is.EqualTo([0L]));
    }

    [Test]
    public void Beyond_a_bound_the_earliest_samples_are_forgotten_and_not_new_again()
    {
        SeenPoints seen = new();
        for (int i = 0; i <= SeenPoints.MostSamples; i++)
        {
            Assert.That(seen.Add(new SampleId(i, 1, i)), Is.True);
        }

        seen.Keep();
        Assert.That(seen.Earliest, Is.EqualTo(SeenPoints.MostSamples / 2 + 2));
        Assert.That(seen.Add(new SampleId(7, 1, 7)), Is.False);
        Assert.That(seen.Add(new SampleId(SeenPoints.MostSamples, 1, SeenPoints.MostSamples)), Is.False);
        Assert.That(seen.Add(new SampleId(SeenPoints.MostSamples, 2, SeenPoints.MostSamples)), Is.True);
    }

    private static async Task<List<long>> NextAsync(ISampleTail tail)
    {
        SampleList list = await tail.NextAsync(CancellationToken.None);
        Assert.That(list.Total, Is.EqualTo(list.RowCount));
        return [.. Enumerable.Range(0, list.RowCount).Select(row => list.Place(row).Number)];
    }

    private async Task WriteAsync(Row[] rows, long firstNumber)
    {
        LineEncoder encoder = new(0xA1, maxLines: 5_000, maxBytes: 4 << 20);
        encoder.Begin(Row.BatchOf(rows, firstNumber), new OpenUnit(0));
        bool isWhole = false;
        while (!isWhole)
        {
            using LineBatch lines = new(4 << 20);
            isWhole = encoder.Continue(lines);
            (int status, string body) = await _server.WriteAsync(System.Text.Encoding.UTF8.GetString(lines.Lines(0, lines.LineCount).Span), "apm");
            Assert.That(status, Is.EqualTo(204), body);
        }
    }
}
