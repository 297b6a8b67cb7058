using NUnit.Framework;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract.Shared;

/// <summary>
/// Recorded telemetry of a real application through one influxd, by two Ingest and two Query processes or by the all-in-one Server. Every reader gives the
/// naive result.
/// </summary>
[TestFixture(SharedStoreForm.Server)]
[TestFixture(SharedStoreForm.TwoOfEach)]
internal sealed class SharedTrainTicketTests(SharedStoreForm form)
{
    private SharedStore _store = null!;
    private ServerProcess[] _readers = [];

    [OneTimeSetUp]
    public async Task Push()
    {
        List<PushedBatch> batches = TrainTicketTests.Batches();
        _store = await SharedStore.StartAsync();
        ServerProcess[] writers = form == SharedStoreForm.Server
            ? [await _store.StartHostAsync("Server", "first")]
            : [await _store.StartHostAsync("Ingest", "first"), await _store.StartHostAsync("Ingest", "second")];
        _readers = form == SharedStoreForm.Server ? writers : [await _store.StartHostAsync("Query", "none"), await _store.StartHostAsync("Query", "none")];
        await Task.WhenAll(writers.Select((writer, number) =>
            writer.Client.PushAllAsync(batches.Where((_, index) => index % writers.Length == number), _ => BodyForm.MessagePackColumns)));
        await _store.WaitForAsync(TrainTicketTests.Expected.Samples.Count);
    }

    [OneTimeTearDown]
    public async Task Stop() => await (_store?.DisposeAsync() ?? ValueTask.CompletedTask);

    [TestCaseSource(typeof(TrainTicketTests), nameof(TrainTicketTests.Queries))]
    public async Task A_response_equals_the_naive_computation(OracleEndpoint endpoint, NamedRange range)
    {
        foreach (ServerProcess reader in _readers)
        {
            string response = await endpoint.GetAsync(reader.Client, range.From, range.To);
            Assert.That(ResponseComparer.Differences(response, TrainTicketTests.Expected.Of(endpoint, TestProjects.First, range.From, range.To)), Is.Empty);
        }
    }
}
