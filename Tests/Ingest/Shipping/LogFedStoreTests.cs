using System.Net;
using System.Text;
using System.Text.Json;
using MessagePack;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Ingest.Shipping;

/// <summary>Ingest in front of a store that is fed from the log, as InfluxDB is.</summary>
public sealed class LogFedStoreTests
{
    private static readonly Guid _one = new("0c0ffee0-0000-4000-8000-000000000001");
    private static readonly Guid _two = new("0c0ffee0-0000-4000-8000-000000000002");

    private IngestTestHost _host = null!;

    [SetUp]
    public async Task StartAsync() =>
        _host = await IngestTestHost.StartAsync(new FaultyFileSystem(), new FakeTimeProvider(TestTime.Start), new LogFedRecordingStore());

    [TearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task A_push_gets_its_response_while_the_store_takes_nothing()
    {
        _host.Store.Held = new TaskCompletionSource();
        JsonElement response = await _host.TakenAsync(_host.Batch());

        Assert.That((response.GetProperty("accepted").GetInt32(), response.TryGetProperty("stored", out _)), Is.EqualTo((1, false)));
        Assert.That(_host.Store.Calls.Count(call => call.Contains('+')), Is.Zero);
    }

    [Test]
    public async Task Wait_stored_gets_its_response_when_the_store_has_the_samples()
    {
        _host.Store.Unstored = new TaskCompletionSource();
        Task<HttpResponseMessage> push = _host.PushAsync(_host.Batch(), "?wait=stored");
        await Eventually.IsTrueAsync(() => _host.Store.Batches.Count == 1);
        bool early = push.IsCompleted;
        _host.Store.Unstored.SetResult();
        JsonElement response = await IngestTestHost.ReadAsync(await push, HttpStatusCode.OK);

        Assert.That((early, response.GetProperty("stored").GetBoolean()), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task Wait_stored_waits_no_longer_than_its_timeout_and_is_a_200_that_says_so()
    {
        _host.Store.Unstored = new TaskCompletionSource();
        long began = _host.Now;
        Task<HttpResponseMessage> push = _host.PushAsync(_host.Batch(), "?wait=stored");
        await Eventually.IsTrueAsync(() => _host.Store.Batches.Count == 1);
        await Eventually.IsTrueAsync(() =>
        {
            _host.Clock.Advance(TimeSpan.FromMilliseconds(25));
            return push.IsCompleted;
        });
        JsonElement response = await IngestTestHost.ReadAsync(await push, HttpStatusCode.OK);

        Assert.That((response.GetProperty("accepted").GetInt32(), response.GetProperty("stored").GetBoolean()), Is.EqualTo((1, false)));
        Assert.That(_host.Now - began, Is.GreaterThanOrEqualTo(10_000));
    }

    [TestCase(0, true, null)]
    [TestCase(2, false, 2)]
    [TestCase(null, false, null)]
    public async Task Wait_stored_says_how_many_samples_the_store_has_refused(int? refused, bool isStored, int? told)
    {
        ((LogFedRecordingStore)_host.Store).Refused = refused;
        foreach (bool isRepeat in new[] { false, true })
        {
            JsonElement response = await IngestTestHost.ReadAsync(
                await _host.PushAsync(_host.Batch("id", "agent", "/a", "/b", "/c"), "?wait=stored"), HttpStatusCode.OK);
            int? found = response.TryGetProperty("refused", out JsonElement count) ? count.GetInt32() : null;
            Assert.That(
                (response.GetProperty("duplicate").GetBoolean(), response.GetProperty("stored").GetBoolean(), found), Is.EqualTo((isRepeat, isStored, told)));
        }
    }

    [Test]
    public async Task A_response_in_MessagePack_says_so_too()
    {
        ((LogFedRecordingStore)_host.Store).Refused = 1;
        using HttpResponseMessage response =
            await _host.PushAsync(Encoding.UTF8.GetBytes(_host.Batch()), query: "?wait=stored", accept: "application/msgpack");
        using JsonDocument read = JsonDocument.Parse(MessagePackSerializer.ConvertToJson(await response.Content.ReadAsByteArrayAsync()));
        Assert.That(
            (read.RootElement.GetProperty("stored").GetBoolean(), read.RootElement.GetProperty("refused").GetInt32(),
                read.RootElement.GetProperty("position").GetString()!.Length > 0),
            Is.EqualTo((false, 1, true)));
    }

    [Test]
    public async Task A_repeat_of_a_batch_waits_for_the_store_too()
    {
        await _host.TakenAsync(_host.Batch("id"));
        JsonElement response = await IngestTestHost.ReadAsync(await _host.PushAsync(_host.Batch("id"), "?wait=stored"), HttpStatusCode.OK);

        Assert.That((response.GetProperty("duplicate").GetBoolean(), response.GetProperty("stored").GetBoolean()), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task Units_end_after_5_minutes_whether_or_not_somebody_pushes()
    {
        await _host.TakenAsync(_host.Batch(null, "agent", "/a", "/b"));
        await Eventually.IsTrueAsync(() => _host.Store.Calls.Count == 2);
        await Eventually.IsTrueAsync(() =>
        {
            _host.Clock.Advance(TimeSpan.FromSeconds(10));
            return _host.Store.Calls.Count == 3;
        });
        await _host.TakenAsync(_host.Batch(null, "agent", "/c"));
        await Eventually.IsTrueAsync(() => _host.Store.Calls.Count == 4);

        Assert.That(_host.Store.Calls, Is.EqualTo(new[] { "unit 0 from 0", "0+2", "unit 1 from 2", "2+1" }));
    }

    [Test]
    public async Task A_replay_sees_the_same_units()
    {
        await _host.TakenAsync(_host.Batch(null, "agent", "/a", "/b"));
        _host.Clock.Advance(TimeSpan.FromMinutes(5));
        await _host.TakenAsync(_host.Batch(null, "agent", "/c"));
        await _host.TakenAsync(_host.Batch(null, "agent", "/d"));
        string[] expected = ["unit 0 from 0", "0+2", "unit 1 from 2", "2+1", "3+1"];
        await Eventually.IsTrueAsync(() => _host.Store.Calls.Count == expected.Length);
        IReadOnlyList<string> before = _host.Store.Calls;
        _host = await _host.CrashAsync();
        await _host.TakenAsync(_host.Batch(null, "agent", "/e"));
        await Eventually.IsTrueAsync(() => _host.Store.Calls.Count == expected.Length + 2);

        Assert.That((before, _host.Store.Calls), Is.EqualTo((expected, (string[])[.. expected, "unit 2 from 4", "4+1"])));
    }

    [Test]
    public async Task A_refused_batch_closes_no_unit()
    {
        await _host.TakenAsync(_host.Batch());
        _host.Files.Fail(FileOperation.Flush, times: int.MaxValue);
        _host.Clock.Advance(TimeSpan.FromMinutes(5));
        using HttpResponseMessage refused = await _host.PushAsync(_host.Batch(null, "agent", "/refused"));
        _host.Files.Heal();
        await _host.TakenAsync(_host.Batch(null, "agent", "/taken"));
        await Eventually.IsTrueAsync(() => _host.Store.Batches.Count == 2);

        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(_host.Store.Calls.Where(call => call.StartsWith("unit", StringComparison.Ordinal)).Select(call => call.Split(' ')[1]),
            Is.EqualTo(new[] { "0", "1" }));
    }

    [Test]
    public async Task Samples_are_settled_when_they_are_durable_and_what_waits_for_the_store_is_shown()
    {
        _host.Store.Held = new TaskCompletionSource();
        await _host.TakenAsync(_host.Batch(null, "agent", "/a", "/b"));
        string text = await _host.Client.GetStringAsync("/metrics");

        Assert.That(text, Does.Contain("""timeseries_ingest_samples_stored_total{kind="transaction",pcode="1"} 2""" + "\n"));
        Assert.That(text, Does.Contain("""timeseries_ingest_samples_in_flight{kind="transaction",pcode="1"} 0""" + "\n"));
        Assert.That(text, Does.Match(@"(?m)^timeseries_store_waiting_bytes\{\} [1-9]\d*$"));
    }

    [Test]
    public async Task An_alert_that_the_store_has_is_a_duplicate()
    {
        _host.Store.Elsewhere.Add(_one);

        Assert.That(await DuplicatesAsync(_one, _two), Is.EqualTo(1));
    }

    [Test]
    public async Task An_alert_that_was_taken_here_is_a_duplicate_before_the_store_has_it()
    {
        _host.Store.Held = new TaskCompletionSource();
        int first = await DuplicatesAsync(_one);

        Assert.That((first, await DuplicatesAsync(_one, _two)), Is.EqualTo((0, 1)));
        Assert.That(_host.Store.SoughtIds, Is.EqualTo(new[] { _one, _two }), "what is known here is not asked for");
    }

    [Test]
    public async Task An_alert_that_was_taken_here_is_a_duplicate_while_the_store_can_t_be_asked()
    {
        await DuplicatesAsync(_one);
        LogFedRecordingStore store = (LogFedRecordingStore)_host.Store;
        await Eventually.IsTrueAsync(() => store.Batches.Count == 1);
        (store.IsDropped, store.Away) = (true, new NodeOwnershipTests.AwayException(isLasting: false));

        Assert.That(await DuplicatesAsync(_one), Is.EqualTo(1));
    }

    [Test]
    public async Task An_alert_that_is_gone_from_the_store_is_no_duplicate()
    {
        await DuplicatesAsync(_one);
        LogFedRecordingStore store = (LogFedRecordingStore)_host.Store;
        await Eventually.IsTrueAsync(() => store.Batches.Count == 1);
        int before = await DuplicatesAsync(_one);
        store.IsDropped = true;

        Assert.That((before, await DuplicatesAsync(_one)), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task An_alert_that_stands_twice_in_a_batch_is_taken_once() => Assert.That(await DuplicatesAsync(_one, _two, _one), Is.EqualTo(1));

    [Test]
    public async Task An_alert_is_looked_up_after_a_restart()
    {
        await DuplicatesAsync(_one);
        _host = await _host.CrashAsync();
        _host.Store.Elsewhere.Add(_one);

        Assert.That(await DuplicatesAsync(_one), Is.EqualTo(1));
    }

    [Test]
    public async Task An_alert_is_looked_up_when_65536_others_came_behind_it()
    {
        await DuplicatesAsync(_one);
        await DuplicatesAsync([.. Enumerable.Range(0, 65_536).Select(_ => Guid.NewGuid())]);
        _host.Store.Elsewhere.Add(_one);

        Assert.That(await DuplicatesAsync(_one), Is.EqualTo(1));
        Assert.That(_host.Store.SoughtIds.Count(id => id == _one), Is.EqualTo(2));
    }

    [Test]
    public async Task Ids_that_are_made_here_are_not_asked_for()
    {
        await _host.TakenAsync($$"""{"alert":[{"time":{{_host.Now}},"severity":"Info","source":"s","title":"t"}]}""");

        Assert.That(_host.Store.SoughtIds, Is.Empty);
    }

    private async Task<int> DuplicatesAsync(params Guid[] ids) => (await _host.TakenAsync(_host.Alerts(ids))).GetProperty("duplicates").GetInt32();
}
