using System.Net;
using NUnit.Framework;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Description;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract;

/// <summary>Two projects with the same agents, services and alert ids share nothing.</summary>
internal sealed class IsolationTests
{
    private const string Range = "/1710064800000/1710079200000";

    private static readonly PushedBatch[] _batches =
    [
        new BatchGenerator(5).Batches(1, 400)[0] with { Pcode = TestProjects.First, Agent = new AgentName("shared") },
        new BatchGenerator(5).Batches(1, 400)[0] with { Pcode = TestProjects.Second, Agent = new AgentName("shared") },
    ];

    private readonly TemporaryFolder _folder = new();
    private RunningServer _server = null!;

    [OneTimeSetUp]
    public async Task Push()
    {
        _server = await RunningServer.StartAsync(_folder);
        await _server.Client.PushAllAsync(_batches, GeneratedSamples.Form);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [TestCaseSource(nameof(Endpoints))]
    public async Task A_project_sees_its_own_samples_only(OracleEndpoint endpoint)
    {
        List<OracleSample> own = OracleIngest.Take(_batches[..1]);
        string response = await endpoint.GetAsync(_server.Client, BatchGenerator.Day, BatchGenerator.End);
        Assert.That(ResponseComparer.Differences(response, endpoint.Response(own, TestProjects.First, BatchGenerator.Day, BatchGenerator.End)), Is.Empty);
    }

    [TestCase("1", TestProjects.ReadOnlyToken, HttpStatusCode.OK)]
    [TestCase("2", "token-of-project-1", HttpStatusCode.Forbidden)]
    [TestCase("2", TestProjects.ReadOnlyToken, HttpStatusCode.Forbidden)]
    [TestCase("3", "token-of-project-1", HttpStatusCode.Forbidden)]
    [TestCase("x", "token-of-project-1", HttpStatusCode.BadRequest)]
    [TestCase(null, "token-of-project-1", HttpStatusCode.BadRequest)]
    [TestCase("1", "nobody's token", HttpStatusCode.Unauthorized)]
    [TestCase("1", null, HttpStatusCode.Unauthorized)]
    [TestCase(null, null, HttpStatusCode.Unauthorized)]
    public async Task A_token_opens_its_own_project_only(string? pcode, string? token, HttpStatusCode status)
    {
        using HttpClient http = new(new DescribedResponses(new SocketsHttpHandler())) { BaseAddress = _server.Client.Address };
        using HttpRequestMessage request = new(HttpMethod.Get, "/open/api/json/transaction" + Range);
        if (pcode is not null)
        {
            request.Headers.Add("x-whatap-pcode", pcode);
        }

        if (token is not null)
        {
            request.Headers.Add("x-whatap-token", token);
        }

        using HttpResponseMessage response = await http.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(status));
    }

    private static IReadOnlyList<OracleEndpoint> Endpoints() => OracleEndpoint.All;
}
