using System.Net.Http.Headers;
using NUnit.Framework;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query;

/// <summary>What callers learn of damaged files: all that samples are missing, those with scope admin which file it is.</summary>
public sealed class DamagedFileTests
{
    private const string Damaged = "/data/blocks/transaction-0000000000000001.block";

    private static readonly string[] _paths =
    [
        "/api/v1/aggregate?kind=transaction&from=-1h&measures=count", "/api/v1/samples?kind=transaction&from=-1h", "/api/v1/agents",
        "/open/api/json/transaction/{stime}/{etime}", "/api/activity/keys/endpoint/k/29/1/2023/29/1/2023", "/api/v1.0/alert-history",
        "/api/v1.0/alert-history/stats/severity",
    ];

    [Test]
    public async Task Only_an_admin_is_told_the_file_and_the_place([ValueSource(nameof(_paths))] string path, [Values] bool isAdmin)
    {
        RowReader reader = new([])
        {
            Before = (_, _) => throw new DamagedFileException(Damaged, 4_711, "its checksum is wrong"),
            BeforeList = (_, _) => throw new DamagedFileException(Damaged, 4_711, "its checksum is wrong"),
        };
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader);
        using HttpResponseMessage response = await SendAsync(host, path, isAdmin);
        string body = await response.Content.ReadAsStringAsync();
        Assert.That((int)response.StatusCode, Is.EqualTo(500), body);
        Assert.That(body, isAdmin ? Does.Contain($"{Damaged} at offset 4711: its checksum is wrong") : Does.Not.Contain("/data").And.Not.Contain("4711"));
    }

    [TestCase(0L, null)]
    [TestCase(12L, "12")]
    [TestCase(null, "unknown")]
    public async Task A_response_tells_how_many_samples_are_missing(long? lost, string? expected)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(new RowReader([]) { Lost = lost });
        foreach (string path in _paths)
        {
            using HttpResponseMessage response = await SendAsync(host, path, isAdmin: false);
            Assert.That(response.IsSuccessStatusCode, Is.True, path);
            Assert.That(response.Headers.TryGetValues("X-Lost-Samples", out IEnumerable<string>? values) ? values.Single() : null, Is.EqualTo(expected), path);
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(QueryTestHost host, string path, bool isAdmin)
    {
        string target = path.Replace("{stime}", $"{QueryTestHost.Now - 3_600_000}", StringComparison.Ordinal)
            .Replace("{etime}", $"{QueryTestHost.Now}", StringComparison.Ordinal);
        using HttpClient client = new() { BaseAddress = host.Address };
        using HttpRequestMessage request = new(HttpMethod.Get, target);
        string token = isAdmin ? QueryTestHost.Token : QueryTestHost.ReadOnlyToken;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("x-whatap-token", token);
        request.Headers.Add("x-whatap-pcode", $"{Row.Project}");
        return await client.SendAsync(request);
    }
}
