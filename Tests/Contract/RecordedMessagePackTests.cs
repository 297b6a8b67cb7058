using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract;

/// <summary>Bodies that other encoders wrote are understood to the last value: every endpoint gives the naive result over their meaning.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class RecordedMessagePackTests
{
    [TestCaseSource(typeof(RecordedMessagePack), nameof(RecordedMessagePack.Names))]
    public async Task A_recorded_body_means_what_stands_beside_it(string name)
    {
        RecordedMessagePack recorded = RecordedMessagePack.Load(name);
        ExpectedResponses expected = new(OracleIngest.Take([recorded.Meaning]));
        using TemporaryFolder folder = new();
        await using RunningServer server = await RunningServer.StartAsync(folder);

        using HttpResponseMessage response = await server.Client.SendAsync(recorded.Body, "application/x-msgpack");
        string body = await response.Content.ReadAsStringAsync();
        using JsonDocument json = JsonDocument.Parse(body);
        Assert.That(json.RootElement.TryGetProperty("accepted", out JsonElement accepted) ? accepted.GetInt32() : -1,
            Is.EqualTo(recorded.Meaning.Rows.Count), body);
        Assert.That(json.RootElement.GetProperty("unknown").EnumerateArray().Select(unknown => unknown.GetString()), Is.EquivalentTo(recorded.Unknown));
        await Assert.MultipleAsync(async () =>
        {
            foreach (OracleEndpoint endpoint in OracleEndpoint.All.Append(OracleEndpoint.Agents))
            {
                string actual = await endpoint.GetAsync(server.Client, BatchGenerator.Day, BatchGenerator.Day + (24 * BatchGenerator.Hour));
                object wanted = expected.Of(endpoint, TestProjects.First, BatchGenerator.Day, BatchGenerator.Day + (24 * BatchGenerator.Hour));
                Assert.That(ResponseComparer.Differences(actual, wanted), Is.Empty, endpoint.Name);
            }
        });
    }
}
