using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Families.AlertHistory;

/// <summary>Who may read alerts, with a token and without.</summary>
public sealed class AlertHistoryAccessTests
{
    private const string Closed = "--AlertHistory:AllowAnonymous=false|";
    private const string Loopback = Closed + "--urls=http://127.0.0.1:0|" + QueryTestHost.QuickStart;
    private const string Everywhere = Closed + "--urls=http://0.0.0.0:0|" + QueryTestHost.QuickStart;
    private const string Both = Closed + "--urls=http://127.0.0.1:0;http://0.0.0.0:0|" + QueryTestHost.QuickStart;
    private const string Configured = Closed + "--urls=http://127.0.0.1:0";
    private const string Anyone = "--AlertHistory:AllowAnonymous=true";

    private static readonly RowReader _reader = new(
    [
        AlertRow.Of(1),
        new Row(Core.Schema.Kind.Alert, AlertRow.Time) { Pcode = QueryTestHost.OtherProject }.With("id", AlertRow.Id(2)).With("severity", "Info")
            .With("source", "s").With("title", "alert 2"),
    ]);

    [TestCase(Loopback, null, null, "alert 1", TestName = "A_caller_on_this_machine_needs_no_token_where_nobody_else_can_call")]
    [TestCase(Closed + "--urls=http://[::1]:0|" + QueryTestHost.QuickStart, null, null, "alert 1", TestName = "The_IPv6_loopback_is_this_machine")]
    [TestCase(Everywhere, null, null, "401", TestName = "A_server_that_others_can_reach_wants_a_token_from_this_machine_too")]
    [TestCase(Closed + "--urls=http://*:0|" + QueryTestHost.QuickStart, null, null, "401", TestName = "A_server_on_every_address_wants_a_token")]
    [TestCase(Both, null, null, "401", TestName = "One_listener_for_others_is_enough_to_want_a_token")]
    [TestCase(Loopback, "Forwarded", "for=192.0.2.1", "401", TestName = "A_forwarded_request_wants_a_token")]
    [TestCase(Loopback, "X-Forwarded-For", "192.0.2.1", "401", TestName = "A_request_forwarded_for_another_wants_a_token")]
    [TestCase(Loopback, "x-forwarded-proto", "https", "401", TestName = "Any_header_of_a_proxy_counts")]
    [TestCase(Configured, null, null, "401", TestName = "With_configured_projects_this_machine_needs_a_token")]
    [TestCase(Configured + "|" + Anyone, null, null, "alert 1", TestName = "Anyone_may_read_configured_projects_when_the_configuration_says_so")]
    [TestCase(Loopback, "X-Real-IP", "192.0.2.1", "401", TestName = "A_request_with_the_address_of_another_wants_a_token")]
    [TestCase(Loopback, "Via", "1.1 proxy", "401", TestName = "A_request_via_a_proxy_wants_a_token")]
    [TestCase(Loopback, "Host", "localhost:5080", "alert 1", TestName = "The_name_localhost_is_this_machine")]
    [TestCase(Loopback, "Host", "LocalHost", "alert 1", TestName = "The_name_localhost_has_any_case_and_needs_no_port")]
    [TestCase(Loopback, "Host", "alerts.localhost:5080", "alert 1", TestName = "A_name_under_localhost_is_this_machine")]
    [TestCase(Loopback, "Host", "127.45.6.7:5080", "alert 1", TestName = "Every_address_of_the_loopback_network_is_this_machine")]
    [TestCase(Loopback, "Host", "[::1]:5080", "alert 1", TestName = "The_IPv6_loopback_as_host_is_this_machine")]
    [TestCase(Loopback, "Host", "rebound.example:5080", "401", TestName = "A_page_whose_name_was_made_to_lead_here_wants_a_token")]
    [TestCase(Loopback, "Host", "localhost.rebound.example", "401", TestName = "A_name_that_begins_with_localhost_wants_a_token")]
    [TestCase(Loopback, "Host", "notlocalhost", "401", TestName = "A_name_that_ends_in_localhost_without_a_dot_wants_a_token")]
    [TestCase(Loopback, "Host", "127.0.0.1.rebound.example:5080", "401", TestName = "A_name_that_begins_with_a_loopback_address_wants_a_token")]
    [TestCase(Loopback, "Host", "192.0.2.1:5080", "401", TestName = "Another_address_as_host_wants_a_token")]
    [TestCase(Loopback, "Host", "[2001:db8::1]:5080", "401", TestName = "Another_IPv6_address_as_host_wants_a_token")]
    [TestCase(Loopback + "|" + Anyone, "Host", "rebound.example:5080", "alert 1", TestName = "Anyone_is_anyone_under_any_name")]
    [TestCase(Everywhere + "|" + Anyone, null, null, "alert 1", TestName = "Anyone_may_read_when_the_configuration_says_so")]
    [TestCase(Everywhere + "|" + Anyone, "X-Forwarded-For", "192.0.2.1", "alert 1", TestName = "Anyone_is_anyone_behind_a_proxy_too")]
    [TestCase(Loopback, "Authorization", "Bearer " + QueryTestHost.Token, "alert 1", TestName = "A_token_opens_its_project")]
    [TestCase(Loopback, "Authorization", "Bearer " + QueryTestHost.OtherToken, "alert 2", TestName = "A_token_opens_its_own_project_where_none_is_needed")]
    [TestCase(Everywhere, "Authorization", "Bearer " + QueryTestHost.OtherToken, "alert 2", TestName = "A_token_opens_its_own_project_where_one_is_needed")]
    [TestCase(Loopback, "Authorization", "Bearer wrong", "401", TestName = "A_wrong_token_is_refused_where_none_is_needed")]
    [TestCase(Everywhere + "|" + Anyone, "Authorization", "Bearer wrong", "401", TestName = "A_wrong_token_is_refused_where_anyone_may_read")]
    [TestCase(Loopback, "Authorization", "Basic dTpw", "401", TestName = "Another_scheme_is_refused_where_no_token_is_needed")]
    [TestCase(Loopback, "Authorization", "Bearer", "401", TestName = "An_empty_token_is_refused_where_none_is_needed")]
    [TestCase(Loopback, "Authorization", "Bearer " + QueryTestHost.PushOnlyToken, "403",
        TestName = "A_token_without_scope_read_is_forbidden_where_none_is_needed")]
    public async Task A_caller_sees(string options, string? header, string? value, string expected)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(_reader, options.Split('|'));
        foreach (string path in new[] { "", "/stats/severity", "/stats/source", "/stats/timeline", "/" + AlertRow.Id(expected == "alert 2" ? 2 : 1) })
        {
            using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, AlertRow.Prefix + path, header is null ? [] : [(header, value!)]);
            if (expected.StartsWith('4'))
            {
                JsonElement problem = await QueryTestHost.ReadAsync(response, Enum.Parse<HttpStatusCode>(expected));
                Assert.That(problem.GetProperty("status").GetRawText(), Is.EqualTo(expected));
                Assert.That(response.Headers.WwwAuthenticate, expected == "401" ? Is.Not.Empty : Is.Empty);
            }
            else
            {
                string body = (await QueryTestHost.ReadAsync(response, HttpStatusCode.OK)).GetRawText();
                Assert.That(body, path.StartsWith("/stats", StringComparison.Ordinal) ? Does.Contain("\"count\":1") : Does.Contain($"\"{expected}\""));
            }
        }
    }

    [Test]
    public async Task Nothing_else_is_open_without_a_token()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(_reader, Anyone);
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, "/api/v1/agents");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }
}
