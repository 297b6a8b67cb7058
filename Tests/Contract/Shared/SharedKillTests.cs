using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract.Shared;

/// <summary>
/// Whatever of the processes around an InfluxDB is killed in the middle of pushes: what got 200 is there exactly once, by count and by sum,
/// and nothing is there that was not sent.
/// </summary>
// Pushes must get on at some rate while influxd is away.
[NonParallelizable]
internal sealed class SharedKillTests
{
    private const int RowsPerBatch = 40;
    private const int PushesBefore = 60;
    private const int PushesMeanwhile = 60;
    private const int PushesAfter = 60;

    private const int Connections = 4;

    // Longer ones with: dotnet test … -- 'TestRunParameters.Parameter(name="OutageSeconds", value="20")'
    private static readonly TimeSpan _outage = TimeSpan.FromSeconds(TestContext.Parameters.Get("OutageSeconds", 3));

    // Between the pushes of a connection, so that after a long outage the services are still fewer than the 10,000 that one response lists.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, bool> _ackedBySent = [];
    private SharedStore _store = null!;
    private int _inFlight;

    [SetUp]
    public async Task Start()
    {
        _ackedBySent.Clear();
        _store = await SharedStore.StartAsync();
    }

    [TearDown]
    public async Task Stop() => await (_store?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task An_influxd_that_is_killed_costs_nothing_and_pushes_get_200_meanwhile()
    {
        ServerProcess ingest = await _store.StartHostAsync("Ingest", "node");
        ServerProcess query = await _store.StartHostAsync("Query", "none");
        using CancellationTokenSource enough = new();
        Task pushing = PushSideBySideAsync(ingest, enough.Token);
        await SentAsync(PushesBefore);
        await InFlightAsync();
        int sentBefore = _ackedBySent.Count;
        _store.Influxd.Kill();
        await Task.Delay(_outage);
        int sentMeanwhile = _ackedBySent.Count - sentBefore;
        await _store.Influxd.RestartAsync();
        await SentAsync(sentBefore + sentMeanwhile + PushesAfter);
        await enough.CancelAsync();
        await pushing;

        Assert.That(sentMeanwhile, Is.GreaterThan(PushesMeanwhile));
        Assert.That(_ackedBySent.Values, Has.All.True);
        await AssertAllThereAsync(query);
        TestContext.Out.WriteLine($"Outage of {_outage}: {sentBefore} pushes before it, {sentMeanwhile} in it, {_ackedBySent.Count} in all.");
    }

    [Test]
    public async Task An_Ingest_that_is_killed_goes_on_where_it_was()
    {
        ServerProcess first = await _store.StartHostAsync("Ingest", "node");
        ServerProcess query = await _store.StartHostAsync("Query", "none");
        Task pushing = PushAsync(first, "/first/", int.MaxValue);
        await SentAsync(PushesBefore);
        await InFlightAsync();
        first.Kill();
        await pushing;
        ServerProcess second = await _store.StartHostAsync("Ingest", "node");
        await PushAsync(second, "/second/", PushesAfter);
        await AssertAllThereAsync(query);
    }

    [Test]
    public async Task Both_killed_at_once_lose_and_double_nothing()
    {
        ServerProcess first = await _store.StartHostAsync("Ingest", "node");
        ServerProcess query = await _store.StartHostAsync("Query", "none");
        await PushAsync(first, "/first/", PushesBefore);
        _store.Influxd.Kill();
        await PushAsync(first, "/meanwhile/", PushesMeanwhile);
        first.Kill();

        // Started while the store is away: what is pushed waits in its log.
        ServerProcess second = await _store.StartHostAsync("Ingest", "node");
        await PushAsync(second, "/second/", PushesAfter);
        await _store.Influxd.RestartAsync();
        await AssertAllThereAsync(query);
    }

    private Task PushSideBySideAsync(ServerProcess ingest, CancellationToken enough) => Task.WhenAll(Enumerable.Range(0, Connections).Select(async connection =>
    {
        for (int i = 0; !enough.IsCancellationRequested; i++)
        {
            await PushAsync(ingest, string.Create(CultureInfo.InvariantCulture, $"/{connection}/{i}/"), 1);
            await Task.Delay(_pause, CancellationToken.None);
        }
    }));

    private Task SentAsync(int pushes) => Eventually.IsTrueAsync(() => _ackedBySent.Count >= pushes);

    // Returns while a push waits for its response.
    private Task InFlightAsync() => Eventually.IsTrueAsync(() => Volatile.Read(ref _inFlight) > 0);

    // One batch after the other, each under a service of its own, until so many got 200 or the host is gone.
    private async Task PushAsync(ServerProcess ingest, string prefix, int count)
    {
        for (int i = 0; i < count; i++)
        {
            string service = prefix + i.ToString(CultureInfo.InvariantCulture);
            _ackedBySent[service] = false;
            try
            {
                BodyForm form = GeneratedSamples.Form(i);
                byte[] body = form.Write(Batch(service));
                Interlocked.Increment(ref _inFlight);
                using HttpResponseMessage response = await ingest.Client.SendAsync(body, form.ContentType());
                _ackedBySent[service] = response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return;
            }
            finally
            {
                Interlocked.Decrement(ref _inFlight);
            }
        }
    }

    private async Task AssertAllThereAsync(ServerProcess query)
    {
        await _store.WaitForAsync(_ackedBySent.Values.Count(acked => acked) * (long)RowsPerBatch);
        using JsonDocument response = JsonDocument.Parse(
            await query.Client.GetAsync($"/open/api/json/transaction/{BatchGenerator.Start}/{BatchGenerator.Start + BatchGenerator.Hour}"));
        Dictionary<string, (long Count, long Sum)> stored = response.RootElement.GetProperty("records").EnumerateArray().ToDictionary(
            record => record.GetProperty("service").GetString()!,
            record => (record.GetProperty("count").GetInt64(), record.GetProperty("time_sum").GetInt64()));
        Assert.Multiple(() =>
        {
            Assert.That(_ackedBySent.Where(sent => sent.Value).Select(sent => sent.Key).Where(service => !stored.ContainsKey(service)), Is.Empty, "lost");
            Assert.That(stored.Keys.Where(service => !_ackedBySent.ContainsKey(service)), Is.Empty, "never sent");
            Assert.That(stored.Where(service => service.Value != (RowsPerBatch, RowsPerBatch * (RowsPerBatch - 1L) / 2)), Is.Empty, "twice or in part");
        });
    }

    private static PushedBatch Batch(string service) => new(TestProjects.First, new AgentName("agent"),
    [
        .. Enumerable.Range(0, RowsPerBatch)
        .Select(i => new SampleRow("transaction") { ["time"] = BatchGenerator.Start + i, ["service"] = service, ["elapsed"] = (long)i }),
    ]);
}
