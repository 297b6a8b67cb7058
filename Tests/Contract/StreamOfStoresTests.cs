using System.Globalization;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract;

/// <summary>What is pushed while a stream is open comes once, over either store, as a naive filter of what was pushed says.</summary>
[TestFixture(false)]
[TestFixture(true)]
[Parallelizable(ParallelScope.Self)]
internal sealed class StreamOfStoresTests(bool overInflux)
{
    private readonly TemporaryFolder _folder = new();
    private SharedStore? _store;
    private ServerProcess? _process;
    private RunningServer? _server;
    private int _pushedCount;

    private ServerClient Client => _server?.Client ?? _process!.Client;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        if (overInflux)
        {
            _store = await SharedStore.StartAsync();
            _process = await _store.StartHostAsync("Server", "node");
        }
        else
        {
            _server = await RunningServer.StartAsync(_folder);
        }
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_store?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    [Test]
    public async Task What_is_pushed_comes_once_as_the_conditions_say()
    {
        (string Query, Func<SampleRow, bool> Holds)[] cases =
        [
            ("kind=transaction", row => row.Kind == "transaction"),
            ("kind=transaction&where=service:/b&where=elapsed>:200", row => row["service"] is "/b" && row["elapsed"] is > 200L),
            ("kind=transaction&where=service:/a&where=service~:C", row => row["service"] is "/a" or "/c"),
            ("kind=transaction&where=oname!:agent-1", row => row.Kind == "transaction" && row["oname"] is not "agent-1"),
            ("kind=sql", row => row.Kind == "sql"),
        ];
        await PushAsync(0, "before");
        if (_store is not null)
        {
            // It is stored when InfluxDB has it, which is after the acknowledgement.
            await _store.WaitForAsync(_pushedCount);
        }

        EventReader[] streams = await Task.WhenAll(cases.Select(one => EventReader.OpenAsync(
            Client.Address, one.Query.Replace(">:", "%3E:", StringComparison.Ordinal), TestProjects.TokenOf(TestProjects.First))));
        foreach (EventReader stream in streams)
        {
            Assert.That((await stream.NextAsync())!.Name, Is.EqualTo("ready"));
        }

        List<SampleRow> pushed = [];
        for (int i = 1; i <= 5; i++)
        {
            pushed.AddRange(await PushAsync(i, "after"));
        }

        await Task.WhenAll(cases.Select((one, i) => AssertAsync(streams[i], [.. pushed.Where(one.Holds).Select(row => (string)row["txid"]!)], one.Query)));
        Array.ForEach(streams, stream => stream.Dispose());
    }

    private static async Task AssertAsync(EventReader stream, string[] expected, string query)
    {
        List<string> found = [];
        while (found.Count < expected.Length)
        {
            // A comment comes after 15 seconds without a sample.
            ServerEvent next = (await stream.NextAsync())!;
            Assert.That(next.Name, Is.EqualTo("sample"), () => $"{query}: {string.Join(", ", expected.Except(found))} are missing.");
            found.Add(next.Json.GetProperty("txid").GetString()!);
        }

        Assert.That(found, Is.EquivalentTo(expected), query);
    }

    // Samples of the last ten seconds, some of the future.
    private async Task<List<SampleRow>> PushAsync(int seed, string prefix)
    {
        Random random = new(seed);
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        List<SampleRow> rows = [];
        for (int i = 0; i < 60; i++)
        {
            SampleRow row = new(random.Next(4) == 0 ? "sql" : "transaction")
            {
                ["time"] = now - random.NextInt64(-2_000, 10_000),
                ["oname"] = $"agent-{random.Next(3)}",
                ["txid"] = string.Create(CultureInfo.InvariantCulture, $"{prefix}-{seed}-{i}"),
                ["elapsed"] = random.NextInt64(400),
            };
            row[row.Kind == "sql" ? "sql" : "service"] = random.Next(3) switch { 0 => "/a", 1 => "/b", _ => "/c" };
            if (row.Kind == "sql")
            {
                row["db"] = "main";
            }

            rows.Add(row);
        }

        _pushedCount += rows.Count;
        await Client.PushAllAsync([new PushedBatch(TestProjects.First, null, rows)], _ => BodyForm.JsonRows);
        return rows;
    }
}
