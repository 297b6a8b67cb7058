using NUnit.Framework;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract;

/// <summary>Recorded telemetry of a real application, pushed in each form: every endpoint gives the naive result, through a crash too.</summary>
[TestFixture(BodyForm.JsonRows)]
[TestFixture(BodyForm.MessagePackRows)]
[TestFixture(BodyForm.MessagePackTable)]
[TestFixture(BodyForm.MessagePackColumns)]
internal sealed class TrainTicketTests(BodyForm form)
{
    private const int RowsPerBatch = 4_000;

    private static readonly NamedRange[] _ranges =
    [
        new("the recording", 1_674_981_600_000, 1_674_990_600_000),
        new("a day", 1_674_950_400_000, 1_675_036_800_000),
        new("some minutes", 1_674_983_123_456, 1_674_984_987_654),
        new("one bucket", 1_674_984_000_000, 1_674_984_300_000),
    ];

    private static readonly Lazy<ExpectedResponses> _expected = new(() => new ExpectedResponses(OracleIngest.Take(Batches())));

    internal static ExpectedResponses Expected => _expected.Value;

    private readonly TemporaryFolder _folder = new();
    private ServerProcess? _process;

    [OneTimeSetUp]
    public async Task Push()
    {
        List<PushedBatch> batches = Batches();
        await using (RunningServer server = await RunningServer.StartAsync(_folder))
        {
            await server.Client.PushAllAsync(batches.Take(batches.Count / 2), _ => form);
            await server.SealAsync();
        }

        using (ServerProcess process = await ServerProcess.StartAsync(_folder))
        {
            await process.Client.PushAllAsync(batches.Skip(batches.Count / 2), _ => form);
            process.Kill();
        }

        _process = await ServerProcess.StartAsync(_folder);
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _process?.Dispose();
        _folder.Dispose();
    }

    [TestCaseSource(nameof(Queries))]
    public async Task A_response_equals_the_naive_computation(OracleEndpoint endpoint, NamedRange range)
    {
        string response = await endpoint.GetAsync(_process!.Client, range.From, range.To);
        Assert.That(ResponseComparer.Differences(response, _expected.Value.Of(endpoint, TestProjects.First, range.From, range.To)), Is.Empty);
    }

    [Test]
    public async Task Agents_are_the_pods()
    {
        string response = await _process!.Client.GetAsync("/api/v1/agents");
        Assert.That(ResponseComparer.Differences(response, _expected.Value.Of(OracleEndpoint.Agents, TestProjects.First, 0, 0)), Is.Empty);
    }

    public static IEnumerable<TestCaseData> Queries() =>
        from endpoint in OracleEndpoint.All.Take(5)
        from range in _ranges
        select new TestCaseData(endpoint, range);

    internal static List<PushedBatch> Batches() =>
        [.. TrainTicket.Rows.Chunk(RowsPerBatch).Select(rows => new PushedBatch(TestProjects.First, null, rows))];
}
