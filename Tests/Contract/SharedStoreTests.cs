using NUnit.Framework;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Fixtures;
using TimeSeries.Tests.Fixtures.Influxd;

namespace TimeSeries.Tests.Contract;

/// <summary>
/// Over InfluxDB every endpoint answers the same samples and questions as over the embedded store (<see cref="StoreStateTests"/>): as the naive computation does.
/// An endpoint that is added to <see cref="OracleEndpoint.All"/> is asked of both.
/// </summary>
[TestFixture(SharedStoreForm.Server)]
[TestFixture(SharedStoreForm.TwoOfEach)]
[TestFixture(SharedStoreForm.TwoOfEachWithoutRollups)]
internal sealed class SharedStoreTests(SharedStoreForm form)
{
    private SharedStore _store = null!;
    private ServerProcess[] _readers = [];

    [OneTimeSetUp]
    public async Task Push()
    {
        _store = await SharedStore.StartAsync();
        ServerProcess[] writers;
        if (form == SharedStoreForm.Server)
        {
            writers = _readers = [await _store.StartHostAsync("Server", "server")];
        }
        else
        {
            string[] rollups = form == SharedStoreForm.TwoOfEach ? [] : ["--Query:Rollups=false"];
            writers = [await _store.StartHostAsync("Ingest", "first"), await _store.StartHostAsync("Ingest", "second")];
            _readers = [await _store.StartHostAsync("Query", "none", rollups), await _store.StartHostAsync("Query", "none", rollups)];
        }

        for (int i = 0; i < GeneratedSamples.Batches.Count; i++)
        {
            await writers[i % writers.Length].Client.PushAllAsync([GeneratedSamples.Batches[i]], _ => GeneratedSamples.Form(i));
        }

        await _store.WaitForAsync(GeneratedSamples.Expected.Samples.Count);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    [TestCaseSource(typeof(GeneratedSamples), nameof(GeneratedSamples.Questions))]
    public async Task An_answer_equals_the_naive_computation(OracleEndpoint endpoint, NamedRange range, long pcode)
    {
        foreach (ServerProcess reader in _readers)
        {
            string answer = await reader.Client.GetAsync(endpoint.Path(range.From, range.To), pcode);
            Assert.That(AnswerComparer.Differences(answer, GeneratedSamples.Expected.Of(endpoint, pcode, range.From, range.To)), Is.Empty);
        }
    }

    [TestCase(TestProjects.First)]
    [TestCase(TestProjects.Second)]
    public async Task Agents_are_those_of_the_samples(long pcode)
    {
        foreach (ServerProcess reader in _readers)
        {
            string answer = await reader.Client.GetAsync(OracleEndpoint.Agents.Path(0, 0), pcode);
            Assert.That(AnswerComparer.Differences(answer, GeneratedSamples.Expected.Of(OracleEndpoint.Agents, pcode, 0, 0)), Is.Empty);
        }
    }
}
