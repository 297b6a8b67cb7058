using System.Globalization;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Contract.Oracle.Endpoints;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract.Shared;

/// <summary>
/// Over InfluxDB every endpoint gives the same for the same samples and queries as over the
/// embedded store (<see cref="StoreStateTests"/>): as the naive computation does.
/// An endpoint that is added to <see cref="OracleEndpoint.All"/> is tested over both.
/// </summary>
[TestFixture(SharedStoreForm.Server)]
[TestFixture(SharedStoreForm.TwoOfEach)]
internal sealed class SharedStoreTests(SharedStoreForm form)
{
    private SharedStore _store = null!;
    private ServerProcess[] _readers = [];

    [OneTimeSetUp]
    public async Task Push()
    {
        _store = await SharedStore.StartAsync();
        (string project, string[] nodes) = form == SharedStoreForm.Server ? ("Server", ["first"]) : ("Ingest", new[] { "first", "second" });
        int half = GeneratedSamples.Batches.Count / 2;
        ServerProcess[] writers = await StartAllAsync(project, nodes);
        await PushAsync(writers, 0, half);

        // What is pushed first after a start closes the unit before, so half of the samples have rollups and half have none yet.
        foreach (ServerProcess writer in writers)
        {
            writer.Kill();
        }

        writers = await StartAllAsync(project, nodes);
        await PushAsync(writers, half, GeneratedSamples.Batches.Count);

        // Of the readers one uses no rollups.
        _readers = form == SharedStoreForm.Server
            ? writers
            : [.. await StartAllAsync("Query", ["none", "none"]), await _store.StartHostAsync("Query", "none", "--Query:Rollups=false")];
        await _store.WaitForAsync(GeneratedSamples.Expected.Samples.Count);
    }

    [OneTimeTearDown]
    public async Task Stop() => await (_store?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Closed_units_have_rollups()
    {
        long complete = await _store.Influxd.NumberAsync(
            $"SELECT count(\"{InfluxSchema.DataField}\") FROM \"{InfluxSchema.RollupMeasurement}\"", SharedStore.Database);
        Assert.That(complete, Is.Positive);
    }

    [TestCaseSource(typeof(GeneratedSamples), nameof(GeneratedSamples.Queries))]
    public async Task A_response_equals_the_naive_computation(OracleEndpoint endpoint, NamedRange range, long pcode)
    {
        foreach (string response in await Task.WhenAll(_readers.Select(reader => endpoint.GetAsync(reader.Client, range.From, range.To, pcode))))
        {
            Assert.That(ResponseComparer.Differences(response, GeneratedSamples.Expected.Of(endpoint, pcode, range.From, range.To)), Is.Empty);
        }
    }

    [TestCase(TestProjects.First)]
    [TestCase(TestProjects.Second)]
    public async Task Agents_are_those_of_the_samples(long pcode)
    {
        foreach (ServerProcess reader in _readers)
        {
            string response = await reader.Client.GetAsync(OracleEndpoint.Agents.Path(0, 0), pcode);
            Assert.That(ResponseComparer.Differences(response, GeneratedSamples.Expected.Of(OracleEndpoint.Agents, pcode, 0, 0)), Is.Empty);
        }
    }

    [TestCase(TestProjects.First)]
    [TestCase(TestProjects.Second)]
    public Task Every_alert_is_found_by_its_id(long pcode) => Parallel.ForEachAsync(GeneratedSamples.Alerts(pcode), async (alert, _) =>
    {
        foreach (ServerProcess reader in _readers)
        {
            string response = await reader.Client.GetAsync($"/api/v1.0/alert-history/{alert.Text("id")}", pcode);
            Assert.That(ResponseComparer.Differences(response, AlertOracle.One(alert)), Is.Empty);
        }
    });

    // Hostile texts stand in every text field of the samples; one that came through as syntax would make a measurement, a tag or a field of its own.
    [Test]
    public async Task Nothing_that_was_pushed_became_syntax()
    {
        string[] measurements = [.. SampleSchema.All.Select(kind => InfluxSchema.MeasurementOf(kind.Kind)), InfluxSchema.RollupMeasurement,
            InfluxSchema.NodeMeasurement];
        string[] keys =
        [
            .. SampleSchema.All.SelectMany(kind => kind.Fields).Select(field => field.Name), InfluxSchema.NumberField, InfluxSchema.PcodeTag,
            InfluxSchema.OidTag, InfluxSchema.NodeTag,
            InfluxSchema.EpochTag, InfluxSchema.AlertTag, InfluxSchema.KindTag, InfluxSchema.UnitField, InfluxSchema.PartField,
            InfluxSchema.PartsField, InfluxSchema.DataField,
            InfluxSchema.ThroughField, InfluxSchema.OpenField, InfluxSchema.AtField, InfluxSchema.InstanceField, InfluxSchema.NextField,
        ];
        await Assert.MultipleAsync(async () =>
        {
            Assert.That(await FirstColumnAsync("SHOW MEASUREMENTS"), Is.SubsetOf(measurements));
            Assert.That(await FirstColumnAsync("SHOW TAG KEYS"), Is.SubsetOf(keys));
            Assert.That(await FirstColumnAsync("SHOW FIELD KEYS"), Is.SubsetOf(keys));
            Assert.That(await FirstColumnAsync("SHOW DATABASES"), Is.EqualTo(new[] { SharedStore.Database }));
        });
    }

    [Test]
    public async Task A_hostile_filter_finds_what_it_names_and_nothing_else()
    {
        long from = BatchGenerator.Start;
        long to = BatchGenerator.End;

        // Two dots are folded by every HTTP client before they are sent, and no HTTP server takes a path with a NUL.
        foreach (string host in HostileTexts.All.Where(
            text => !text.Contains("..", StringComparison.Ordinal) && !text.Contains('\0', StringComparison.Ordinal)))
        {
            string response = await _readers[0].Client.GetAsync(
                string.Create(CultureInfo.InvariantCulture, $"/open/api/json/httpc/{from}/{to}/filter/host/{Uri.EscapeDataString(host)}/port/8080"));
            object expected = HttpcOracle.Filtered(GeneratedSamples.Expected.Samples, TestProjects.First, from, to, host, 8_080);
            Assert.That(ResponseComparer.Differences(response, expected), Is.Empty, host);
        }
    }

    private async Task<ServerProcess[]> StartAllAsync(string project, string[] nodes)
    {
        List<ServerProcess> processes = [];
        foreach (string node in nodes)
        {
            processes.Add(await _store.StartHostAsync(project, node));
        }

        return [.. processes];
    }

    private static async Task PushAsync(ServerProcess[] writers, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            await writers[i % writers.Length].Client.PushAllAsync([GeneratedSamples.Batches[i]], _ => GeneratedSamples.Form(i));
        }
    }

    private async Task<string[]> FirstColumnAsync(string statement)
    {
        JsonElement result = (await _store.Influxd.QueryAsync(statement, SharedStore.Database))[0];
        return [.. result.GetProperty("series").EnumerateArray().SelectMany(series => series.GetProperty("values").EnumerateArray())
            .Select(row => row[0].GetString()!).Distinct()];
    }
}
