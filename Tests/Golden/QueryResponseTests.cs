using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Golden;

/// <summary>Responses of every documented endpoint over the golden data directory, at a fixed moment, byte for byte.</summary>
internal sealed class QueryResponseTests
{
    private const long From = BatchGenerator.Start + BatchGenerator.Hour;
    private const long To = From + BatchGenerator.Bucket;
    private const string Filters = "\"level\":[\"ALERT\"],\"type\":[\"ES010\",\"EU400\"],\"offset\":1,\"limit\":2";
    private const string Measures = "count,rate,error_rate,avg(elapsed),p95(elapsed),max(malloc)";
    private const string Alert = "00000000-0000-4000-8000-000000000004";

    private static readonly string _period = string.Create(CultureInfo.InvariantCulture, $"{From}/{To}");
    private static readonly string _range = string.Create(CultureInfo.InvariantCulture, $"from={From}&to={To}");
    private static readonly string _golden = string.Create(CultureInfo.InvariantCulture, $"from={GoldenSamples.Start}&to={GoldenSamples.Start + 60_000}");

    private readonly TemporaryFolder _folder = new();
    private RunningServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await GoldenDirectory.StartAsync(GoldenDirectory.Unpack(_folder), new FakeTimeProvider(GoldenDirectory.Now));

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public Task Responses_of_the_WhaTap_family_are_as_they_were() => CompareAsync(
        "whatap", $"/open/api/json/transaction/{_period}", $"/open/api/json/sql/{_period}", $"/open/api/json/httpc/{_period}",
        $"/open/api/json/httpc/{_period}/filter/host/127.0.0.1/port/8080",
        $"/open/api/json/exception/{_period}", $"/open/api/json/remote/{_period}", $"/open/api/json/thread_count/{_period}",
        $"/open/api/json/thread_count/{_period}/avg",
        $"/open/api/json/thread_count/{_period}/7", "/open/api/json/transaction", $"/open/api/json/nothing/{_period}",
        $"/open/api/json/transaction/{To}/{From}", $"/open/api/json/transaction/0/{To}", "/open/api/json/sql/now");

    [Test]
    public Task Responses_of_the_Tyk_family_are_as_they_were() => CompareAsync(
        "tyk", "/api/activity/keys/endpoint/key1/10/3/2024/10/3/2024",
        "/api/activity/keys/endpoint/key-1/9/3/2024/10/3/2024?res=hour&by=Hits&sort=-1&p=1&page_size=2",
        "/api/activity/oauthid/endpoint/client1/10/3/2024/10/3/2024?res=day", "/api/activity/oauthid/endpoint/client-1/1/3/2024/31/3/2024?res=month&type=csv",
        "/api/activity/keys/endpoint/nobody/10/3/2024/10/3/2024", "/api/activity/keys/endpoint/key1/10/13/2024/10/3/2024",
        "/api/activity/keys/endpoint/key1/10/3/2024/10/3/2024?res=week");

    [Test]
    public Task Responses_of_the_alert_history_are_as_they_were() => CompareAsync(
        "alert-history", "/api/v1.0/alert-history?pageSize=3", "/api/v1.0/alert-history?page=2&pageSize=2&severity=critical&label=zone:b",
        "/api/v1.0/alert-history?source=source-1&startDate=2024-03-10T10:00:00Z&endDate=2024-03-10T10:00:10Z&format=csv", $"/api/v1.0/alert-history/{Alert}",
        "/api/v1.0/alert-history/550e8400-e29b-41d4-a716-446655440000", "/api/v1.0/alert-history/stats/severity?includeZero=true",
        "/api/v1.0/alert-history/stats/source",
        "/api/v1.0/alert-history/stats/timeline?window=1d", "/api/v1.0/alert-history?page=0", "/api/v1.0/alert-history?severity=Loud&startDate=x",
        "/api/v1.0/alert-history/nothing");

    [Test]
    public Task Responses_of_aggregates_and_lists_are_as_they_were() => CompareAsync(
        "own", $"/api/v1/aggregate?kind=transaction&{_range}&window=5m&by=service&measures={Measures}&order=-count&limit=5",
        "/api/v1/aggregate?kind=sql&from=1710028800000&to=1710115200000&by=db&measures=count,sum(elapsed),stddev(elapsed)&format=csv",
        "/api/v1/aggregate?kind=thread&from=1710028800000&to=1710115200000&window=1h&by=oname&measures=avg(count)&limit=4&format=ndjson",
        $"/api/v1/aggregate?kind=alert&{_golden}&by=severity,source&measures=count,min(time)",
        "/api/v1/aggregate?kind=transaction&by=nothing&measures=p42(elapsed)", "/api/v1/aggregate",
        $"/api/v1/samples?kind=transaction&{_golden}&limit=3", $"/api/v1/samples?kind=alert&{_golden}&limit=2&where=severity:Critical",
        $"/api/v1/samples?kind=exception&{_golden}&limit=3&format=csv",
        $"/api/v1/samples?kind=httpc&{_golden}&limit=3&format=ndjson", "/api/v1/samples?kind=none", "/api/v1/agents", "/api/v1/schema", "/api/v1/nothing");

    [Test]
    public Task Responses_of_the_host_are_as_they_were() => CompareAsync("host", "/healthz", "/readyz", "/nothing", "/ingest/v1/batch");

    [Test]
    public async Task Responses_of_the_NCP_family_are_as_they_were()
    {
        Transcript transcript = new();
        (string Path, string Body, string Secret)[] requests =
        [
            ("/dashboards/events/search", """{"timeZone":"+09:00","from":"2024-03-10","to":"2024-03-10","limit":3}""", ""),
            ("/api/v1/dashboards/events/search", $$"""{"timeZone":"Z","from":"2024-03-09","to":"2024-03-10",{{Filters}}}""", ""),
            ("/dashboards/events/search", """{"timeZone":"Seoul","from":"2024-03-10"}""", ""), ("/dashboards/events/search", "{", ""),
            ("/dashboards/events/search", "{}", "another secret"),
        ];
        foreach ((string path, string body, string secret) in requests)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            string signedWith = secret.Length > 0 ? secret : TestProjects.SecretOf(TestProjects.First);
            long now = GoldenDirectory.Now.ToUnixTimeMilliseconds();
            foreach ((string name, string value) in RequestSignature.Headers("POST", path, now, TestProjects.AccessKeyOf(TestProjects.First), signedWith))
            {
                request.Headers.Add(name, value);
            }

            using HttpClient http = new() { BaseAddress = _server.Client.Address };
            await transcript.AddAsync($"POST {path} {body}", await http.SendAsync(request));
        }

        GoldenFile.Compare("responses/ncp.txt", transcript.ToString());
    }

    private async Task CompareAsync(string family, params string[] paths)
    {
        Transcript transcript = new();
        foreach (string path in paths)
        {
            await transcript.AddAsync($"GET {path}", await _server.Client.GetResponseAsync(path));
        }

        using HttpClient anonymous = new() { BaseAddress = _server.Client.Address };
        await transcript.AddAsync($"GET {paths[0]} without a token", await anonymous.GetAsync(paths[0]));
        await transcript.AddAsync($"DELETE {paths[0]} without a token", await anonymous.DeleteAsync(paths[0]));
        GoldenFile.Compare($"responses/{family}.txt", transcript.ToString());
    }
}
