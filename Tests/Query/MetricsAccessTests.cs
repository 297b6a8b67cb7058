using System.Net;
using System.Net.Sockets;
using System.Text;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query;

/// <summary>Who may read the metrics, with a token and without.</summary>
public sealed class MetricsAccessTests
{
    private const string Closed = "--Metrics:AllowAnonymous=false";

    [TestCase(Closed + "|" + QueryTestHost.QuickStart, null, null, 200, TestName = "This_machine_needs_no_token_while_no_project_is_configured")]
    [TestCase(Closed + "|--urls=http://0.0.0.0:0|" + QueryTestHost.QuickStart, null, null, 401, TestName = "A_server_that_others_reach_wants_one")]
    [TestCase(Closed + "|" + QueryTestHost.QuickStart, "X-Real-IP", "192.0.2.1", 401, TestName = "A_request_through_a_proxy_wants_one")]
    [TestCase(Closed + "|" + QueryTestHost.QuickStart, "X-Forwarded-For", "203.0.113.9", 401, TestName = "A_forwarded_request_wants_one_for_metrics")]
    [TestCase(Closed + "|" + QueryTestHost.QuickStart, "Forwarded", "for=203.0.113.9", 401, TestName = "A_request_forwarded_by_the_standard_wants_one")]
    [TestCase(Closed + "|" + QueryTestHost.QuickStart, "Via", "1.1 proxy", 401, TestName = "A_request_via_a_proxy_wants_one_for_metrics")]
    [TestCase(Closed + "|" + QueryTestHost.QuickStart, "Host", "rebound.example", 401, TestName = "A_page_whose_name_leads_here_wants_one_for_metrics")]
    [TestCase(Closed + "|" + QueryTestHost.QuickStart, "Authorization", "Bearer wrong", 401, TestName = "A_wrong_one_is_refused_all_the_same")]
    [TestCase(Closed, null, null, 401, TestName = "With_configured_projects_everyone_needs_one")]
    [TestCase(Closed, "Authorization", "Bearer " + QueryTestHost.Token, 200, TestName = "A_token_with_it_opens_them")]
    [TestCase(Closed, "Authorization", "Bearer " + QueryTestHost.OtherToken, 403, TestName = "It_needs_the_scope_admin")]
    [TestCase("--Metrics:AllowAnonymous=true", null, null, 200, TestName = "The_option_opens_them")]
    public async Task Metrics_give(string options, string? header, string? value, int expected)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(new RowReader([]), options.Split('|'));
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, "/metrics", header is null ? [] : [(header, value!)]);
        Assert.That((int)response.StatusCode, Is.EqualTo(expected));
    }

    [TestCase("/metrics", "1.1", "200")]
    [TestCase("/metrics", "1.0", "401", Description = "what nginx sends unless it is told otherwise: another Host, no header of its own")]
    [TestCase("/api/v1.0/alert-history", "1.1", "200")]
    [TestCase("/api/v1.0/alert-history", "1.0", "401")]
    public async Task A_proxy_in_its_default_settings_opens_nothing(string path, string version, string expected)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            new RowReader([]), Closed, "--AlertHistory:AllowAnonymous=false", QueryTestHost.QuickStart);
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, host.Address.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/{version}\r\nHost: 127.0.0.1:5080\r\nConnection: close\r\n\r\n"));
        using StreamReader reader = new(stream);
        Assert.That(await reader.ReadLineAsync(), Does.Contain($" {expected} "));
    }
}
