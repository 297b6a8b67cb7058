using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Benchmarks.Kills;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract;

/// <summary>What got 200 is there exactly once after a process was killed; what was not is there whole or not at all.</summary>
internal sealed class KillTests
{
    private const long Time = BatchGenerator.Start;
    private const int ClientCount = 4;
    private const int RowsPerBatch = 400;
    private const int PushesPerRound = 150;

    // The command kill makes many more. This seed has kills of every kind among its first.
    private const int KillRounds = 20;
    private const int KillSeed = 1;

    private static readonly TimeSpan _longestPush = TimeSpan.FromMilliseconds(150);

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Acked_samples_are_stored_once_and_others_whole_or_not_at_all()
    {
        KillReport report = await new KillRun(new KillOptions(ServerProcess.HostFile("Server"), KillRounds, KillSeed, _longestPush))
            .RunAsync(TestContext.CurrentContext.CancellationToken);
        await TestContext.Out.WriteLineAsync(report.ToText());
        Assert.Multiple(() =>
        {
            Assert.That(report.Difference, Is.Null);
            Assert.That(report.WhileStarting, Is.Positive, "kills before it listened");
            Assert.That(report.UnderPushes, Is.Positive, "kills under pushes");
            Assert.That(report.Resent, Is.Positive, "pushes sent again");
        });
    }

    [Test]
    public async Task A_stop_in_good_order_responds_to_what_it_took_and_loses_nothing()
    {
        ConcurrentDictionary<string, bool> ackedBySent = [];
        int exitCode = -1;
        using (ServerProcess server = await ServerProcess.StartAsync(_folder))
        {
            await PushUntilEndAsync(server, 0, ackedBySent, async () => exitCode = await server.TerminateAsync(TimeSpan.FromSeconds(10)));
        }

        Assert.That(exitCode, Is.Zero);
        await AssertAllThereAsync(ackedBySent, 1);
    }

    [Test]
    public async Task An_idempotency_key_is_remembered_through_a_kill()
    {
        PushedBatch batch = Batch("/once") with { Agent = new AgentName("agent"), Id = "01JD-key-\U0001F98A" };
        JsonElement first;
        using (ServerProcess server = await ServerProcess.StartAsync(_folder))
        {
            first = await server.Client.PushAsync(batch, BodyForm.MessagePackRows);
            server.Kill();
        }

        using ServerProcess restarted = await ServerProcess.StartAsync(_folder);
        JsonElement second = await restarted.Client.PushAsync(batch, BodyForm.JsonTable);
        JsonElement other = await restarted.Client.PushAsync(batch with { Agent = new AgentName("another agent") }, BodyForm.JsonTable);
        Dictionary<string, (long Count, long Sum)> stored = await ServicesAsync(restarted.Client);
        Assert.Multiple(() =>
        {
            Assert.That(first.GetProperty("duplicate").GetBoolean(), Is.False);
            Assert.That(second.GetProperty("duplicate").GetBoolean(), Is.True);
            Assert.That(second.GetProperty("accepted").GetInt32(), Is.EqualTo(RowsPerBatch));
            Assert.That(second.GetProperty("position").GetString(), Is.EqualTo(first.GetProperty("position").GetString()));
            Assert.That(other.GetProperty("duplicate").GetBoolean(), Is.False);
            Assert.That(stored["/once"].Count, Is.EqualTo(2 * RowsPerBatch));
        });
    }

    [Test]
    public async Task An_alert_is_unique_through_a_kill()
    {
        PushedBatch batch = new(TestProjects.First, null,
            [new SampleRow(
                "alert") { ["time"] = Time, ["severity"] = "Info", ["source"] = "s", ["title"] = "t", ["id"] = "0b7c1a52-4a5c-4d7c-9f0e-2a7d3e5f6a7b" }]);
        using (ServerProcess server = await ServerProcess.StartAsync(_folder))
        {
            await server.Client.PushAsync(batch, BodyForm.JsonRows);
            server.Kill();
        }

        using ServerProcess restarted = await ServerProcess.StartAsync(_folder);
        JsonElement again = await restarted.Client.PushAsync(batch, BodyForm.JsonRows);
        Assert.That((again.GetProperty("accepted").GetInt32(), again.GetProperty("duplicates").GetInt32()), Is.EqualTo((0, 1)));
    }

    private static PushedBatch Batch(string service) => new(TestProjects.First, new AgentName("agent"),
    [
        .. Enumerable.Range(0, RowsPerBatch)
        .Select(i => new SampleRow("transaction") { ["time"] = Time
        + i, ["service"] = service, ["elapsed"] = (long)i, ["txid"] = $"{service}-{Guid.NewGuid():N}-{Guid.NewGuid():N}" }),
    ]);

    private static long SumOf(int rows) => rows * (rows - 1L) / 2;

    // Several clients push, each batch under a service of its own; after so many responses the server is ended under their hands.
    private static async Task PushUntilEndAsync(ServerProcess server, int round, ConcurrentDictionary<string, bool> ackedBySent, Func<Task> end)
    {
        using SemaphoreSlim responses = new(0);
        Task[] clients = [.. Enumerable.Range(0, ClientCount)
            .Select(client => PushUntilRefusedAsync(server.Client, $"/{round}/{client}/", responses, ackedBySent))];
        for (int i = 0; i < PushesPerRound; i++)
        {
            Assert.That(await responses.WaitAsync(TimeSpan.FromSeconds(30)), Is.True, server.Output);
        }

        await end();
        await Task.WhenAll(clients);
    }

    private async Task AssertAllThereAsync(ConcurrentDictionary<string, bool> ackedBySent, int rounds)
    {
        using ServerProcess server = await ServerProcess.StartAsync(_folder);
        Dictionary<string, (long Count, long Sum)> stored = await ServicesAsync(server.Client);
        Assert.Multiple(() =>
        {
            Assert.That(ackedBySent.Where(sent => sent.Value).Select(sent => sent.Key).Where(service => !stored.ContainsKey(service)), Is.Empty, "lost");
            Assert.That(stored.Keys.Where(service => !ackedBySent.ContainsKey(service)), Is.Empty, "never sent");
            Assert.That(stored.Where(service => service.Value != (RowsPerBatch, SumOf(RowsPerBatch))), Is.Empty, "twice or in part");
            Assert.That(stored, Has.Count.GreaterThanOrEqualTo(rounds * PushesPerRound));
        });
    }

    private static async Task PushUntilRefusedAsync(ServerClient client, string prefix, SemaphoreSlim responses, ConcurrentDictionary<string, bool> ackedBySent)
    {
        for (int i = 0; ; i++)
        {
            string service = prefix + i.ToString(CultureInfo.InvariantCulture);
            ackedBySent[service] = false;
            try
            {
                BodyForm form = GeneratedSamples.Form(i);
                using HttpResponseMessage response = await client.SendAsync(form.Write(Batch(service)), form.ContentType());
                ackedBySent[service] = response.IsSuccessStatusCode;
                responses.Release();
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    private static async Task<Dictionary<string, (long Count, long Sum)>> ServicesAsync(ServerClient client)
    {
        using JsonDocument response = JsonDocument.Parse(await client.GetAsync($"/open/api/json/transaction/{Time}/{Time + BatchGenerator.Hour}"));
        return response.RootElement.GetProperty("records").EnumerateArray().ToDictionary(
            record => record.GetProperty("service").GetString()!,
            record => (record.GetProperty("count").GetInt64(), record.GetProperty("time_sum").GetInt64()));
    }
}
