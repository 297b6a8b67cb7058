using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract;

/// <summary>
/// Pushed samples lead to the responses that WhaTap's document shows, over each store; in the embedded one half of them lie in blocks and half in memory.
/// </summary>
[TestFixture(StorageKind.Embedded)]
[TestFixture(StorageKind.Influx)]
internal sealed class DocumentedStatisticsTests(StorageKind store)
{
    private const int RowsPerBatch = 5_000;

    private static readonly string[] _project =
    [
        $"--Projects:2:Pcode={DocumentedStatistics.Pcode}", "--Projects:2:Name=documented",
        $"--Projects:2:Tokens:0:Secret={TestProjects.TokenOf(DocumentedStatistics.Pcode)}",
    ];

    private readonly TemporaryFolder _folder = new();
    private RunningServer? _server;
    private SharedStore? _shared;
    private ServerClient _client = null!;

    [OneTimeSetUp]
    public async Task Push()
    {
        SampleRow[] rows = DocumentedStatistics.Rows();
        int half = rows.Length / 2;
        if (store == StorageKind.Embedded)
        {
            _server = await RunningServer.StartAsync(_folder, _project);
            _client = _server.Client;
            await PushAsync(rows[..half]);
            await _server.SealAsync();
            await PushAsync(rows[half..]);
            return;
        }

        _shared = await SharedStore.StartAsync();
        _client = (await _shared.StartHostAsync("Server", "first", _project)).Client;
        await PushAsync(rows);
        await _shared.WaitForAsync(rows.Length);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);

        await (_shared?.DisposeAsync() ?? ValueTask.CompletedTask);

        _folder.Dispose();
    }

    [TestCaseSource(typeof(DocumentedStatistics), nameof(DocumentedStatistics.Lists))]
    public async Task The_documented_record_stands_first_among_as_many(DocumentedStatistic documented)
    {
        using JsonDocument response = JsonDocument.Parse(await GetAsync(documented.Path));
        Assert.That(response.RootElement.EnumerateObject().Select(member => member.Name), Is.EqualTo(new[] { "records", "total" }));
        JsonElement records = response.RootElement.GetProperty("records");
        Assert.That(ResponseComparer.Differences(records[0].GetRawText(), Expected(documented)), Is.Empty);
        Assert.That((records.GetArrayLength(), response.RootElement.GetProperty("total").GetInt32()), Is.EqualTo((documented.Total, documented.Total)));
    }

    [TestCase(DocumentedStatistics.MeanPath, DocumentedStatistics.MeanResponse, TestName = "The_documented_mean_of_threads_is_given")]
    [TestCase(DocumentedStatistics.AgentsPath, DocumentedStatistics.AgentsResponse, TestName = "Threads_by_agent_are_given_in_the_documented_form")]
    public async Task Threads_are_given(string path, string expected) => Assert.That(await GetAsync(path), Is.EqualTo(expected.ReplaceLineEndings("")));

    private Task<string> GetAsync(string path) => _client.GetAsync("/open/api/json" + path, DocumentedStatistics.Pcode);

    private Task PushAsync(SampleRow[] rows) => _client.PushAllAsync(
        rows.Chunk(RowsPerBatch).Select(chunk => new PushedBatch(DocumentedStatistics.Pcode, new AgentName("shop-8080", -1_459_620_666), chunk)), _ =>
            BodyForm.MessagePackColumns);

    private static Dictionary<string, object> Expected(DocumentedStatistic documented)
    {
        using JsonDocument shown = JsonDocument.Parse(documented.Record);
        Dictionary<string, object> expected = shown.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.ValueKind switch
        {
            JsonValueKind.String => member.Value.GetString()!,
            _ => member.Value.TryGetInt64(out long whole) ? (object)whole : member.Value.GetDouble(),
        });
        foreach ((string name, object value) in documented.Ours)
        {
            expected[name] = value;
        }

        return expected;
    }
}
