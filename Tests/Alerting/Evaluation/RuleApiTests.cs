using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Core.Files;
using TimeSeries.Query.Scheduling;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Alerting.Evaluation;

/// <summary>The API of rules: what is taken, what is refused and how, and who may.</summary>
internal sealed class RuleApiTests
{
    private const string Query = """{"kind":"transaction","measure":"p95(elapsed)","by":["service"],"window":"5m"}""";
    private const string Condition = """{"operator":">","threshold":800}""";
    private const string Slow = $$"""{"query":{{Query}},"condition":{{Condition}}}""";

    private RuleHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await RuleHost.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [TestCase("{", "The body is no JSON: line 1, byte 2.")]
    [TestCase("[]", "The body must be a JSON object.")]
    [TestCase($$"""{"query":{{Query}}}""", "condition is needed.")]
    [TestCase($$"""{"query":{{Query}},"condition":{{Condition}},"evry":"30s"}""", "There is no field \"evry\"; there are name, enabled, query, condition,")]
    [TestCase($$"""{"query":{{Query}},"condition":{{Condition}},"every":"2s"}""", "every must be whole seconds from 5s to 1h")]
    [TestCase($$"""{"query":{{Query}},"condition":{{Condition}},"every":30}""", "every must be whole seconds from 5s to 1h")]
    [TestCase($$"""{"query":{{Query}},"condition":{{Condition}},"for":"1.5s"}""", "for must be whole seconds")]
    [TestCase($$"""{"query":{{Query}},"condition":{{Condition}},"noData":"ok"}""", "noData must be one of Resolve, Keep, Alert, found \"ok\".")]
    [TestCase($$"""{"query":{{Query}},"condition":{{Condition}},"severity":"Bad"}""", "severity must be one of Info, Warning, Critical, found \"Bad\".")]
    [TestCase($$"""{"query":{{Query}},"condition":{{Condition}},"title":"{servce}"}""",
        "title: there is no {servce}; there are value, threshold, since, rule, window, service.")]
    [TestCase($$"""{"query":{{Query}},"condition":{{Condition}},"labels":{"rule":"x"} }""", "labels: \"rule\" is set by the rule itself.")]
    [TestCase($$"""{"query":{{Query}},"condition":{{Condition}},"labels":{"a":1} }""", "labels must be an object of texts.")]
    [TestCase($$"""{"query":{{Query}},"condition":{{Condition}},"annotations":{"value":"x"} }""", "annotations: \"value\" is set by the rule itself.")]
    [TestCase($$"""{"name":"other","query":{{Query}},"condition":{{Condition}}}""", "name must be \"slow\", as in the path, or be left out.")]
    [TestCase($$"""{"query":{{Query}},"condition":{"operator":"=>","threshold":1} }""", "condition.operator must be one of > >= < <= == !=, found \"=>\".")]
    [TestCase($$"""{"query":{{Query}},"condition":{"operator":">","threshold":"1"} }""", "condition.threshold must be a number.")]
    [TestCase($$"""{"query":{{Query}},"condition":{"operator":">","threshold":1,"resolveThreshold":2} }""",
        "condition.resolveThreshold must be at most the threshold with > and >=.")]
    [TestCase($$"""{"query":{{Query}},"condition":{"operator":"==","threshold":1,"resolveThreshold":1} }""",
        "condition.resolveThreshold must be absent with == and !=.")]
    [TestCase($$"""{"query":{{Query}},"condition":{"operator":">","threshold":{"baseline":"36h","factor":2} } }""",
        "condition.threshold.baseline must be whole days from 1d to 31d.")]
    [TestCase($$"""{"query":{{Query}},"condition":{"operator":">","threshold":{"baseline":"7d","factor":2},"resolveThreshold":1} }""",
        "condition.resolveThreshold can't be with a baseline.")]
    [TestCase($$"""{"query":{"kind":"transaction","measure":"count","window":"5s"},"condition":{{Condition}}}""",
        "query.window must be whole seconds from 10s to 1d")]
    [TestCase($$"""{"query":{"kind":"transaction","measure":"count"},"condition":{{Condition}}}""", "query.window is needed, like 5m.")]
    [TestCase($$"""{"query":{"kind":"span","measure":"count","window":"5m"},"condition":{{Condition}}}""", "query: There is no kind \"span\"; there are ")]
    [TestCase($$"""{"query":{"kind":"thread","measure":"p95(elapsed)","window":"5m"},"condition":{{Condition}}}""",
        "query: There is no p95 of \"elapsed\" of thread; there is of count.")]
    [TestCase($$"""{"query":{"kind":"thread","measure":"count,rate","window":"5m"},"condition":{{Condition}}}""",
        "query: There is no field or measure \"count,rate\".")]
    [TestCase($$"""{"query":{"kind":"thread","measure":"count","by":["service"],"window":"5m"},"condition":{{Condition}}}""",
        "query: There is no field \"service\" of thread to group by")]
    [TestCase($$"""{"query":{"kind":"sql","measure":"count","by":["db","sql","oname","txid"],"window":"5m"},"condition":{{Condition}}}""",
        "query.by must have at most 3 fields.")]
    [TestCase($$"""{"query":{"kind":"sql","measure":"count","where":["nothing"],"window":"5m"},"condition":{{Condition}}}""",
        "query: where must be field:value")]
    public async Task What_breaks_a_rule_of_the_format_is_a_400_that_names_it(string body, string says)
    {
        (HttpStatusCode status, string response) = await _host.Server.Client.SendJsonAsync(HttpMethod.Put, "/api/v1/rules/slow", body);
        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(JsonDocument.Parse(response).RootElement.GetProperty("detail").GetString(), Does.StartWith(says));
    }

    [TestCase("Slow")]
    [TestCase("-slow")]
    [TestCase("a%2Fb")]
    [TestCase("..%2F..%2Fx")]
    public async Task A_name_that_is_none_is_refused(string name)
    {
        (HttpStatusCode status, string body) = await _host.Server.Client.SendJsonAsync(HttpMethod.Put, $"/api/v1/rules/{name}", Slow);
        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest), body);
        Assert.That(body, Does.Contain("name must have 1 to 64 of a-z 0-9 - _ ."));
    }

    [Test]
    public async Task A_rule_is_made_changed_read_and_removed()
    {
        const string path = "/api/v1/rules/checkout.slow_1";
        ServerClient client = _host.Server.Client;
        (HttpStatusCode made, string first) = await client.SendJsonAsync(HttpMethod.Put, path, Slow);
        (HttpStatusCode same, string again) = await client.SendJsonAsync(HttpMethod.Put, path, Slow);
        (HttpStatusCode changed, string second) = await client.SendJsonAsync(HttpMethod.Put, path, Slow.Replace("800", "900", StringComparison.Ordinal));
        Assert.That((made, same, changed), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK)), second);
        Assert.That(again, Is.EqualTo(first));
        JsonElement rule = JsonDocument.Parse(await client.GetAsync(path)).RootElement;
        Assert.That(rule.GetProperty("revision").GetInt32(), Is.EqualTo(2));
        Assert.That(rule.GetProperty("condition").GetProperty("threshold").GetDouble(), Is.EqualTo(900));
        Assert.That(rule.GetProperty("every").GetString(), Is.EqualTo("30s"));
        Assert.That(rule.GetProperty("source").GetString(), Is.EqualTo("{service}"));

        // What the API gives is what it takes.
        (HttpStatusCode removed, _) = await client.SendJsonAsync(HttpMethod.Delete, path, json: null);
        (HttpStatusCode gone, string problem) = await client.SendJsonAsync(HttpMethod.Delete, path, json: null);
        Assert.That((removed, gone), Is.EqualTo((HttpStatusCode.NoContent, HttpStatusCode.NotFound)), problem);
    }

    [Test]
    public async Task Who_may_read_sees_rules_and_only_an_admin_changes_them()
    {
        ServerClient client = _host.Server.Client;
        (HttpStatusCode reads, _) = await client.SendJsonAsync(HttpMethod.Get, "/api/v1/rules", null, TestProjects.ReadOnlyToken);
        (HttpStatusCode puts, _) = await client.SendJsonAsync(HttpMethod.Put, "/api/v1/rules/x", Slow, TestProjects.ReadOnlyToken);
        (HttpStatusCode deletes, _) = await client.SendJsonAsync(HttpMethod.Delete, "/api/v1/rules/x", null, TestProjects.ReadOnlyToken);
        (HttpStatusCode tests, _) = await client.SendJsonAsync(HttpMethod.Post, "/api/v1/rules/test", $$"""{"rule":{{Slow}}}""", TestProjects.ReadOnlyToken);
        (HttpStatusCode stranger, _) = await client.SendJsonAsync(HttpMethod.Put, "/api/v1/rules/x", Slow, "nobody");
        Assert.That((reads, puts, deletes, tests, stranger), Is.EqualTo((
            HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized)));
    }

    [Test]
    public async Task Rules_of_one_project_are_none_of_another()
    {
        await _host.PutAsync("mine", Slow);
        Assert.That(await _host.Server.Client.GetAsync("/api/v1/rules", TestProjects.Second), Does.Not.Contain("mine"));
        (HttpStatusCode status, _) = await _host.Server.Client.SendJsonAsync(
            HttpMethod.Get, "/api/v1/rules/mine", null, TestProjects.TokenOf(TestProjects.Second));
        Assert.That(status, Is.EqualTo(HttpStatusCode.NotFound));
        await _host.Server.Client.SendJsonAsync(HttpMethod.Delete, "/api/v1/rules/mine", null);
    }

    [Test]
    public async Task Rules_that_come_with_the_server_are_made_with_fields_of_their_own()
    {
        ServerClient client = _host.Server.Client;
        JsonElement all = JsonDocument.Parse(await client.GetAsync("/api/v1/rules")).RootElement;
        foreach (JsonElement name in all.GetProperty("builtin").EnumerateArray())
        {
            (HttpStatusCode status, string body) = await client.SendJsonAsync(HttpMethod.Put, $"/api/v1/rules/builtin/{name}", """{"severity":"Info"}""");
            Assert.That(status, Is.EqualTo(HttpStatusCode.Created), body);
            Assert.That(JsonDocument.Parse(body).RootElement.GetProperty("severity").GetString(), Is.EqualTo("Info"));
            await client.SendJsonAsync(HttpMethod.Delete, $"/api/v1/rules/{name}", null);
        }

        (HttpStatusCode other, string changed) = await client.SendJsonAsync(
            HttpMethod.Put, "/api/v1/rules/builtin/error-rate", """{"condition":{"threshold":0.5},"query":{"window":"1m"}}""");
        Assert.That(other, Is.EqualTo(HttpStatusCode.Created), changed);
        Assert.That(
            changed,
            Does.Contain("\"threshold\":0.5").And.Contains("\"window\":\"1m\"").And.Contains("error_rate").And.Not.Contains("resolveThreshold"));
        await client.SendJsonAsync(HttpMethod.Delete, "/api/v1/rules/error-rate", null);
        (HttpStatusCode none, string says) = await client.SendJsonAsync(HttpMethod.Put, "/api/v1/rules/builtin/nothing", null);
        Assert.That(none, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(says, Does.Contain("there are agent-stopped, disk-filling, error-rate"));
    }

    [Test]
    public async Task Other_methods_are_refused_with_those_that_a_path_takes()
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/rules/slow");
        using HttpClient http = new() { BaseAddress = _host.Server.Client.Address };
        using HttpResponseMessage response = await http.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That(response.Content.Headers.Allow, Is.EquivalentTo(new[] { "GET", "HEAD", "PUT", "DELETE" }));
    }

    [Test]
    public async Task A_back_test_gives_what_was_raised_where_no_sample_came_late()
    {
        await using RuleHost host = await RuleHost.StartAsync();
        const string rule = """
            {"query":{"kind":"transaction","measure":"avg(elapsed)","by":["service"],"window":"20s"},"condition":{"operator":">","threshold":100},
            "for":"10s","keepFiringFor":"10s","every":"10s"}
            """;
        await host.PutAsync("slow", rule);
        await host.CatchUpAsync();
        long from = host.Now;
        Random random = new(5);
        for (int step = 0; step < 40; step++)
        {
            await host.PushAsync(("/a", random.Next(200), 0), ("/b", random.Next(200), 0));
            host.Clock.Advance(TimeSpan.FromSeconds(10));
            await host.CatchUpAsync();
        }

        (HttpStatusCode status, string body) = await host.Server.Client.SendJsonAsync(
            HttpMethod.Post, "/api/v1/rules/test", $$"""{"rule":{{rule}},"from":{{from}},"to":{{host.Now + 1}}}""");
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK), body);
        string[] tested =
        [
            .. JsonDocument.Parse(body).RootElement.EnumerateArray().Select(transition => RuleHost.Describe(
                "slow", $"service={transition.GetProperty("labels").GetProperty("service").GetString()}",
                transition.GetProperty("state").GetString() == "firing", transition.GetProperty("time").GetDateTimeOffset().ToUnixTimeMilliseconds())),
        ];
        Assert.That(tested, Has.Length.GreaterThan(4));
        Assert.That(tested.Order(StringComparer.Ordinal), Is.EqualTo((await host.RecordedAsync()).Order(StringComparer.Ordinal)));
    }

    [Test]
    public async Task A_rule_file_that_can_not_be_read_costs_itself_only()
    {
        await using RuleHost host = await RuleHost.StartAsync();
        await host.PutAsync("good", Slow);
        await host.PutAsync("bad", Slow);
        using (Core.Files.IFile file = host.Disk.Create("/node/rules/1/rules/bad.json"))
        {
            file.Write("{ nothing"u8, 0);
            file.Flush();
        }

        await host.RestartAsync(TimeSpan.FromSeconds(1));
        await host.CatchUpAsync();
        string rules = await host.Server.Client.GetAsync("/api/v1/rules");
        Assert.That(rules, Does.Contain("\"name\":\"good\"").And.Not.Contains("\"name\":\"bad\""));
    }

    [Test]
    public async Task A_rule_that_comes_with_the_start_is_taken_when_the_rules_of_before_are_back()
    {
        StartRuleReader? reader = null;
        FakeTimeProvider clock = new(TestTime.Start);
        await using RunningServer server = await StartWaitingAsync(clock, started => reader = started);
        Task<(HttpStatusCode Status, string Body)> put = server.Client.SendJsonAsync(HttpMethod.Put, "/api/v1/rules/slow", Slow);
        await reader!.Asked;
        Assert.That(put.IsCompleted, Is.False);
        reader.Release();
        Assert.That((await put).Status, Is.EqualTo(HttpStatusCode.Created), (await put).Body);
    }

    [Test]
    public async Task A_change_waits_five_seconds_for_a_store_that_hangs()
    {
        StartRuleReader? reader = null;
        FakeTimeProvider clock = new(TestTime.Start);
        await using RunningServer server = await StartWaitingAsync(clock, started => reader = started);
        Task<(HttpStatusCode Status, string Body)> put = server.Client.SendJsonAsync(HttpMethod.Put, "/api/v1/rules/slow", Slow);
        Task<(HttpStatusCode Status, string Body)> delete = server.Client.SendJsonAsync(HttpMethod.Delete, "/api/v1/rules/slow", json: null);
        await reader!.Asked;
        await Eventually.IsTrueAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            return put.IsCompleted && delete.IsCompleted;
        });
        foreach ((HttpStatusCode status, string body) in new[] { await put, await delete })
        {
            Assert.That(status, Is.EqualTo(HttpStatusCode.ServiceUnavailable), body);
            Assert.That(body, Does.Contain("Rules wait for the store since the start."));
        }

        reader.Release();
    }

    private static Task<RunningServer> StartWaitingAsync(FakeTimeProvider clock, Action<StartRuleReader> started) => RunningServer.StartAsync(
        "/node",
        services =>
        {
            services.AddSingleton<TimeProvider>(clock);
            services.AddSingleton<IFileSystem>(new FaultyFileSystem());
            services.AddSingleton<IRuleReader>(provider =>
            {
                StartRuleReader reader = new(ActivatorUtilities.CreateInstance<RuleReader>(provider));
                started(reader);
                return reader;
            });
        },
        "--Logging:LogLevel:Default=None");
}
