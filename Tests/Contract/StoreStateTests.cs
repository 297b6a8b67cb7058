using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Contract.Oracle.Endpoints;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract;

/// <summary>Every endpoint's response equals the naive computation over the same samples, field by field, wherever the samples lie.</summary>
[TestFixture(StoreState.Head)]
[TestFixture(StoreState.Sealed)]
[TestFixture(StoreState.OverlappingBlocks)]
[TestFixture(StoreState.CompactedAndKilled)]
[Parallelizable(ParallelScope.All)]
internal sealed class StoreStateTests(StoreState state)
{
    private readonly TemporaryFolder _folder = new();
    private RunningServer? _server;
    private ServerProcess? _process;
    private int _blocks;

    private ServerClient Client => _server?.Client ?? _process!.Client;

    [OneTimeSetUp]
    public async Task Push()
    {
        _server = await RunningServer.StartAsync(_folder);
        IReadOnlyList<PushedBatch> batches = GeneratedSamples.Batches;
        int third = batches.Count / 3;
        await PushAsync(0, third);
        if (state != StoreState.Head)
        {
            await _server.SealAsync();
        }

        await PushAsync(third, 2 * third);
        if (state is StoreState.OverlappingBlocks or StoreState.CompactedAndKilled)
        {
            await _server.SealAsync();
        }

        if (state == StoreState.CompactedAndKilled)
        {
            await _server.CompactAsync();
            _blocks = _server.Services.GetRequiredService<EmbeddedStore>().BlockCount;
            await RestartAsProcessAsync();
            await PushAsync(2 * third, batches.Count);
            _process!.Kill();
            await RestartAsProcessAsync();
            return;
        }

        await PushAsync(2 * third, batches.Count);
        if (state == StoreState.Sealed)
        {
            await _server.SealAsync();
        }

        _blocks = _server.Services.GetRequiredService<EmbeddedStore>().BlockCount;
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);

        _process?.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void Samples_lie_where_the_state_says() => Assert.That(_blocks, state switch
    {
        StoreState.Head => Is.Zero,

        // A block a kind and seal.
        StoreState.Sealed or StoreState.OverlappingBlocks => Is.EqualTo(2 * 7),
        _ => Is.InRange(7, (2 * 7) - 1),
    });

    [TestCaseSource(typeof(GeneratedSamples), nameof(GeneratedSamples.Queries))]
    public async Task A_response_equals_the_naive_computation(OracleEndpoint endpoint, NamedRange range, long pcode)
    {
        string response = await endpoint.GetAsync(Client, range.From, range.To, pcode);
        Assert.That(ResponseComparer.Differences(response, GeneratedSamples.Expected.Of(endpoint, pcode, range.From, range.To)), Is.Empty);
    }

    [TestCase(TestProjects.First)]
    [TestCase(TestProjects.Second)]
    public async Task Agents_are_those_of_the_samples(long pcode)
    {
        string response = await Client.GetAsync(OracleEndpoint.Agents.Path(0, 0), pcode);
        Assert.That(ResponseComparer.Differences(response, GeneratedSamples.Expected.Of(OracleEndpoint.Agents, pcode, 0, 0)), Is.Empty);
    }

    [TestCase(TestProjects.First)]
    [TestCase(TestProjects.Second)]
    public async Task Every_alert_is_found_by_its_id(long pcode)
    {
        foreach (OracleSample alert in GeneratedSamples.Alerts(pcode))
        {
            string response = await Client.GetAsync($"/api/v1.0/alert-history/{alert.Text("id")}", pcode);
            Assert.That(ResponseComparer.Differences(response, AlertOracle.One(alert)), Is.Empty);
        }
    }

    [TestCaseSource(typeof(SamplePages), nameof(SamplePages.Cases))]
    public Task Pages_of_samples_are_the_samples_in_order(string kind, int limit) => SamplePages.AssertAllAsync(Client, kind, limit);

    private async Task RestartAsProcessAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }

        _process?.Dispose();
        _process = await ServerProcess.StartAsync(_folder);
    }

    private Task PushAsync(int from, int to) =>
        Client.PushAllAsync(GeneratedSamples.Batches.Take(from..to), index => GeneratedSamples.Form(from + index));
}
