using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Contract.Shared;

/// <summary>
/// Samples themselves over InfluxDB, as over the embedded store. One node writes
/// them: of several, samples of one millisecond stand in the order of nodes, which no
/// other computation knows.
/// </summary>
internal sealed class SharedSamplesTests
{
    private SharedStore _store = null!;
    private ServerProcess _server = null!;

    [OneTimeSetUp]
    public async Task Push()
    {
        _store = await SharedStore.StartAsync();
        _server = await _store.StartHostAsync("Server", "first");
        await _server.Client.PushAllAsync(GeneratedSamples.Batches, GeneratedSamples.Form);
        await _store.WaitForAsync(GeneratedSamples.Expected.Samples.Count);
    }

    [OneTimeTearDown]
    public async Task Stop() => await (_store?.DisposeAsync() ?? ValueTask.CompletedTask);

    [TestCaseSource(typeof(SamplePages), nameof(SamplePages.Cases))]
    public Task Pages_of_samples_are_the_samples_in_order(string kind, int limit) => SamplePages.AssertAllAsync(_server.Client, kind, limit);
}
