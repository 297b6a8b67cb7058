using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Api;

/// <summary><c>/api/v1/agents</c> and what all of <c>/api/v1</c> checks first.</summary>
public sealed class AgentsTests
{
    [Test]
    public async Task Agents_of_all_kinds_are_merged_and_sorted_by_name_then_id()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            Pushed(Kind.Thread, 500, 2, "b"),
            Pushed(Kind.Transaction, 1_000, 7, "a").With("okind", "jetty").With("onode", "n9"),
            Pushed(Kind.Sql, 2_000, 7, "a").With("okind", "tomcat"),
            Pushed(Kind.Event, 3_000, 7, "a"),
            Pushed(Kind.Alert, 10, 1, "b"),
            new Row(Kind.Alert, 5).With("title", "of no agent"));
        using HttpResponseMessage response = await host.OwnAsync("/api/v1/agents");
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(
            """
            {"agents":[{"oid":7,"oname":"a","okind":"tomcat","onode":"n9","first_seen":1000,"last_seen":3000},
            {"oid":1,"oname":"b","okind":"","onode":"","first_seen":10,"last_seen":10},
            {"oid":2,"oname":"b","okind":"","onode":"","first_seen":500,"last_seen":500}]}
            """.ReplaceLineEndings("")));
    }

    [Test]
    public async Task Pages_have_every_agent_once_and_in_order([Values(1, 2, 3, 7, 8, 100)] int limit)
    {
        Random random = new(limit);
        (string Name, int Oid)[] agents =
            [("a", -5), ("a", 3), ("a\u0001", 1), ("ab", 1), ("b", -2_000_000_000), ("b", 2_000_000_000), ("é", 0), ("\ud83d\ude00", 9)];
        await using QueryTestHost host = await QueryTestHost.StartAsync([.. Enumerable.Range(0, 60).Select(i =>
            Pushed((Kind)random.Next(SampleSchema.All.Length), i, agents[i % agents.Length].Oid, agents[i % agents.Length].Name))]);
        List<(string?, int)> listed = [];
        string? next = null;
        int pages = 0;
        do
        {
            using HttpResponseMessage response = await host.OwnAsync($"/api/v1/agents?limit={limit}&cursor={next}");
            JsonElement page = await QueryTestHost.ReadAsync(response, HttpStatusCode.OK);
            listed.AddRange(page.GetProperty("agents").EnumerateArray().Select(agent =>
                (agent.GetProperty("oname").GetString(), agent.GetProperty("oid").GetInt32())));
            next = page.TryGetProperty("next", out JsonElement cursor) ? cursor.GetString() : null;
            Assert.That(response.Headers.TryGetValues("x-next", out IEnumerable<string>? header) ? header.Single() : null, Is.EqualTo(next));
            pages++;
        }
        while (next is not null);

        Assert.That(listed, Is.EqualTo(agents));
        Assert.That(pages, Is.EqualTo((agents.Length + limit - 1) / limit));
    }

    [TestCase("limit=0", "limit must be")]
    [TestCase("limit=10001", "limit must be")]
    [TestCase("cursor=x", "cursor must be")]
    [TestCase("cursor=AQAAAAAAAAAAAAAAAA", "cursor must be")]
    public async Task A_wrong_page_is_400(string query, string expected)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        using HttpResponseMessage response = await host.OwnAsync("/api/v1/agents?" + query);
        Assert.That((await QueryTestHost.ReadAsync(response, HttpStatusCode.BadRequest)).GetProperty("detail").GetString(), Does.Contain(expected));
    }

    [Test]
    public async Task The_latest_kind_is_by_the_time_of_the_sample_that_says_it_not_of_the_agents_newest()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            Pushed(Kind.Transaction, 1_000, 7, "a").With("okind", "old"),
            Pushed(Kind.Transaction, 9_000, 7, "a"),
            Pushed(Kind.Sql, 2_000, 7, "a").With("okind", "new"));
        Assert.That(await FirstOkindAsync(host), Is.EqualTo("new"));
    }

    [Test]
    public async Task At_equal_times_the_greater_text_is_the_latest()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            Pushed(Kind.Transaction, 1_000, 7, "a").With("okind", "b"), Pushed(Kind.Sql, 1_000, 7, "a").With("okind", "a"));
        Assert.That(await FirstOkindAsync(host), Is.EqualTo("b"));
    }

    [TestCase(null, 401)]
    [TestCase("Bearer wrong", 401)]
    [TestCase("Basic " + QueryTestHost.Token, 401)]
    [TestCase("Bearer " + QueryTestHost.PushOnlyToken, 403)]
    [TestCase("bearer " + QueryTestHost.Token, 200)]
    public async Task A_bearer_token_with_scope_read_is_needed(string? authorization, int expected)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        foreach (string path in (string[])["/api/v1/agents", "/api/v1/schema"])
        {
            using HttpResponseMessage response = await host.SendAsync(
                HttpMethod.Get, path, authorization is null ? [] : [("Authorization", authorization)]);
            JsonElement body = await QueryTestHost.ReadAsync(response, (HttpStatusCode)expected);
            if (expected != 200)
            {
                Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
                Assert.That(body.GetProperty("status").GetInt32(), Is.EqualTo(expected));
                Assert.That(response.Headers.WwwAuthenticate, expected == 401 ? Is.Not.Empty : Is.Empty);
            }
        }
    }

    [Test]
    public async Task Other_methods_are_refused_as_a_problem()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Put, "/api/v1/agents");
        JsonElement body = await QueryTestHost.ReadAsync(response, HttpStatusCode.MethodNotAllowed);
        Assert.That(body.GetProperty("title").GetString(), Is.EqualTo("Method Not Allowed"));
    }

    private static Row Pushed(Kind kind, long time, long oid, string oname) => new Row(kind, time).Of(oid, oname);

    private static async Task<string?> FirstOkindAsync(QueryTestHost host)
    {
        using HttpResponseMessage response = await host.OwnAsync("/api/v1/agents");
        JsonElement body = await QueryTestHost.ReadAsync(response, HttpStatusCode.OK);
        return body.GetProperty("agents")[0].GetProperty("okind").GetString();
    }
}
