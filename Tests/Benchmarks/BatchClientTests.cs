using System.Text;
using NUnit.Framework;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Benchmarks;

/// <summary>Batches pushed by the client of all measurements but <c>load</c>.</summary>
internal sealed class BatchClientTests
{
    private TemporaryFolder _folder = null!;
    private RunningServer _server = null!;
    private BatchClient _client = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = new TemporaryFolder();
        _server = await RunningServer.StartAsync(_folder.FullName, "--Ingest:MaxRequestBytes=100KiB");
        _client = new BatchClient(ServerAddress.Parse(_server.Client.Address.ToString(), out _)!, TestProjects.TokenOf(TestProjects.First), "application/json");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public void A_batch_is_taken_and_its_counts_are_read()
    {
        HttpResponseHead response = _client.Exchange(Encoding.UTF8.GetBytes(
            $$"""{"event":[{"time":{{BatchGenerator.Start}},"level":"ALARM","type":"EU400","message":"m"},{}]}"""));
        Assert.That((response.Status, ResponseCounts.Parse(_client.ResponseBody)), Is.EqualTo((200, (ResponseCounts?)new ResponseCounts(1, 1, 0, 0))));
    }

    [Test]
    public void A_body_that_is_too_large_is_refused_with_the_servers_reason()
    {
        HttpResponseHead response = _client.Exchange(new byte[20_000_000]);
        Assert.That(response.Status, Is.EqualTo(413));
        Assert.That(Encoding.UTF8.GetString(_client.ResponseBody), Does.Contain("Ingest:MaxRequestBytes"));
    }

    [Test]
    public void A_server_that_is_not_there_is_told()
    {
        using BatchClient client = new(new ServerAddress("127.0.0.1", 9, "/"), "token", "application/json");
        Assert.That(client.Open, Throws.TypeOf<HttpRequestException>());
    }
}
