using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Query.Families.Tyk;

/// <summary>The responses that the Tyk documentation shows, out of pushed samples that lead to them.</summary>
internal sealed class TykSampleTests
{
    private const string KeyResponse = """
        {
        "data": [
        {
        "id": {
        "day": 0, "month": 0, "year": 0, "hour": 0, "code": 0, "path": "/anything", "key": "", "alias": "", "url": "", "iso_country": "",
        "api_id": "41351a6a94094da05f75146a695a16f6",
        "api_name": ""
        },
        "hits": 1,
        "success": 1,
        "error": 0,
        "last_hit": "2020-10-13T13:22:49.667+05:30",
        "request_time": 0,
        "latency": 217,
        "upstream_latency": 217,
        "max_upstream_latency": 217,
        "min_upstream_latency": 217,
        "max_latency": 217,
        "min_latency": 217
        },
        {
        "id": {
        "day": 0, "month": 0, "year": 0, "hour": 0, "code": 0, "path": "/anything", "key": "", "alias": "", "url": "", "iso_country": "",
        "api_id": "1793db2cbb724ad54da582ce3191d383",
        "api_name": ""
        },
        "hits": 1,
        "success": 1,
        "error": 0,
        "last_hit": "2020-10-13T13:22:20.534+05:30",
        "request_time": 568,
        "latency": 568,
        "upstream_latency": 568,
        "max_upstream_latency": 568,
        "min_upstream_latency": 568,
        "max_latency": 568,
        "min_latency": 568
        },
        ],
        "pages": 1
        }
        """;

    private const string ClientResponse = """
        {
        "data": [
        {
        "id": {
        "day": 0, "month": 0, "year": 0, "hour": 0, "code": 0, "path": "/get", "key": "", "alias": "", "url": "", "iso_country": "",
        "api_id": "79fc7cb80df940cc5089772200bd4926",
        "api_name": ""
        },
        "hits": 2,
        "success": 1,
        "error": 1,
        "last_hit": "2020-10-13T14:48:51.582+05:30",
        "request_time": 498,
        "latency": 498,
        "upstream_latency": 497.5,
        "max_upstream_latency": 747,
        "min_upstream_latency": 248,
        "max_latency": 748,
        "min_latency": 248
        },
        {
        "id": {
        "day": 0, "month": 0, "year": 0, "hour": 0, "code": 0, "path": "/post", "key": "", "alias": "", "url": "", "iso_country": "",
        "api_id": "79fc7cb80df940cc5089772200bd4926",
        "api_name": ""
        },
        "hits": 1,
        "success": 1,
        "error": 0,
        "last_hit": "2020-10-13T14:49:31.541+05:30",
        "request_time": 0,
        "latency": 241,
        "upstream_latency": 239,
        "max_upstream_latency": 239,
        "min_upstream_latency": 239,
        "max_latency": 241,
        "min_latency": 241
        }
        ],
        "pages": 1
        }
        """;

    private static readonly PushedBatch _batch = new(TestProjects.First, new AgentName("gateway"),
    [
        Hit("2020-10-13T07:52:20.534Z", "api_key", "7f3c3ca87376cabe", "1793db2cbb724ad54da582ce3191d383", "/anything", 200, 568, 568),
        Hit("2020-10-13T07:52:49.667Z", "api_key", "7f3c3ca87376cabe", "41351a6a94094da05f75146a695a16f6", "/anything", 200, 217, 217),
        Hit("2020-10-13T09:18:11.000Z", "oauth_id", "27b35a9ed46e429eb2361e440cc4005c", "79fc7cb80df940cc5089772200bd4926", "/get", 500, 748, 747),
        Hit("2020-10-13T09:18:51.582Z", "oauth_id", "27b35a9ed46e429eb2361e440cc4005c", "79fc7cb80df940cc5089772200bd4926", "/get", 200, 248, 248),
        Hit("2020-10-13T09:19:31.541Z", "oauth_id", "27b35a9ed46e429eb2361e440cc4005c", "79fc7cb80df940cc5089772200bd4926", "/post", 200, 241, 239),
    ]);

    private readonly TemporaryFolder _folder = new();
    private RunningServer _server = null!;

    [OneTimeSetUp]
    public async Task PushAsync()
    {
        _server = await RunningServer.StartAsync(_folder, "--Query:TimeZone=+05:30");
        await _server.Client.PushAllAsync([_batch], _ => BodyForm.MessagePackColumns);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    // Its request_time of 0 beside one that equals the latency follows no rule.
    [Test]
    public async Task The_documented_analytics_of_a_key_are_given() => Assert.That(
        DocumentedResponse.Differences(
            await _server.Client.GetAsync("/api/activity/keys/endpoint/7f3c3ca87376cabe/13/10/2020/14/10/2020"), KeyResponse, "$.data[0].request_time"),
        Is.Empty);

    [Test]
    public async Task The_documented_analytics_of_an_oauth_client_are_given() => Assert.That(
        DocumentedResponse.Differences(
            await _server.Client.GetAsync("/api/activity/oauthid/endpoint/27b35a9ed46e429eb2361e440cc4005c/13/10/2020/14/10/2020"), ClientResponse,
            "$.data[1].request_time"),
        Is.Empty);

    private static SampleRow Hit(string time, string callerField, string caller, string api, string path, int status, int elapsed,
        int upstream) => new("transaction")
        {
            ["time"] = DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(),
            ["service"] = path,
            ["elapsed"] = elapsed,
            ["upstream_latency"] = upstream,
            ["status"] = status,
            ["api_id"] = api,
            [callerField] = caller,
        };
}
