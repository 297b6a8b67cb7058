using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;
using TimeSeries.Agent;
using TimeSeries.Agent.Collecting;
using TimeSeries.Agent.Samples;

namespace TimeSeries.Tests.Agent;

/// <summary>What becomes of requests, activities and commands.</summary>
public sealed class CollectingTests
{
    [Test]
    public async Task A_request_becomes_a_transaction_with_route_status_client_and_trace()
    {
        Dictionary<string, JsonElement>[] samples = await CallAsync(app => app.MapPut("/orders/{id}", (int id) => Results.StatusCode(202)),
            async http => await http.PutAsync("/orders/17?x=1", null));

        Assert.Multiple(() =>
        {
            Assert.That(samples.Single()["service"].GetString(), Is.EqualTo("/orders/{id}"));
            Assert.That(samples[0]["method"].GetString(), Is.EqualTo("PUT"));
            Assert.That(samples[0]["status"].GetInt32(), Is.EqualTo(202));
            Assert.That(samples[0]["error"].GetBoolean(), Is.False);
            Assert.That(samples[0]["remote_ip"].GetString(), Is.EqualTo("127.0.0.1"));
            Assert.That(samples[0]["user_agent"].GetString(), Is.EqualTo("tests/1"));
            Assert.That(samples[0]["txid"].GetString(), Does.Match("^[0-9a-f]{32}$"));
            Assert.That(samples[0]["elapsed"].GetDouble(), Is.Positive);
            Assert.That(samples[0]["sql_count"].GetInt64(), Is.Zero);
        });
    }

    [Test]
    public async Task A_path_without_a_route_loses_its_ids()
    {
        Dictionary<string, JsonElement>[] samples = await CallAsync(_ => { }, async http => await http.GetAsync("/none/17"));

        Assert.That(samples.Single()["service"].GetString(), Is.EqualTo("/none/{id}"));
        Assert.That(samples[0]["status"].GetInt32(), Is.EqualTo(404));
        Assert.That(samples[0]["error"].GetBoolean(), Is.False);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task An_exception_makes_an_error_and_an_exception_of_its_transaction(bool hasErrorPage)
    {
        ScriptedSender sender = new();
        Dictionary<string, JsonElement>[] samples = await CallAsync(
            app =>
            {
                if (hasErrorPage)
                {
                    app.UseExceptionHandler("/error");
                }

                app.MapGet("/error", () => "sorry");
                app.MapGet("/fail/{id}", string (int id) => throw new InvalidOperationException("too late"));
            },
            async http => await http.GetAsync("/fail/3"), sender);

        Dictionary<string, JsonElement> exception = sender.SamplesOf("exception").Single();
        Assert.Multiple(() =>
        {
            Assert.That(samples.Single()["service"].GetString(), Is.EqualTo("/fail/{id}"));
            Assert.That(samples[0]["error"].GetBoolean(), Is.True);
            Assert.That(samples[0]["error_class"].GetString(), Is.EqualTo("System.InvalidOperationException"));
            Assert.That(samples[0]["error_message"].GetString(), Is.EqualTo("too late"));
            Assert.That(samples[0]["status"].GetInt32(), Is.EqualTo(500));
            Assert.That(exception["class"].GetString(), Is.EqualTo("System.InvalidOperationException"));
            Assert.That(exception["message"].GetString(), Is.EqualTo("too late"));
            Assert.That(exception["service"].GetString(), Is.EqualTo("/fail/{id}"));
            Assert.That(exception["txid"].GetString(), Is.EqualTo(samples[0]["txid"].GetString()));
            Assert.That(exception["stack"].GetString(), Does.Contain(nameof(CollectingTests)));
        });
    }

    [Test]
    public async Task Ignored_paths_and_what_is_below_them_are_left_out()
    {
        Dictionary<string, JsonElement>[] samples = await CallAsync(_ => { },
            async http =>
            {
                foreach (string path in (string[])["/health", "/health/deep", "/healthy"])
                {
                    await http.GetAsync(path);
                }
            },
            configure: options => options.IgnoredPaths.Add("/health/"));

        Assert.That(samples.Select(sample => sample["service"].GetString()), Is.EqualTo(["/healthy"]));
    }

    [Test]
    public async Task Statements_of_Npgsql_and_calls_are_added_to_the_request_that_made_them()
    {
        using ActivitySource npgsql = new("Npgsql");
        ScriptedSender sender = new();
        Uri? shelf = null;
        Dictionary<string, JsonElement>[] samples = await CallAsync(
            app =>
            {
                app.MapGet("/shelf/{id}", (int id) => "3");
                app.MapGet("/orders/{id}", async (int id) =>
                {
                    using HttpClient http = new() { BaseAddress = shelf };
                    for (int i = 0; i < 2; i++)
                    {
                        using Activity? statement = StartStatement(npgsql);
                    }

                    return await http.GetStringAsync("/shelf/4?secret=1");
                });
            },
            async http =>
            {
                shelf = http.BaseAddress;
                await http.GetAsync("/orders/17");
            },
            sender,
            options =>
            {
                options.Sources.Add("Npgsql");
                options.Sources.Add("System.Net.Http");
            });

        Dictionary<string, JsonElement> order = samples.Single(sample => sample["service"].GetString() == "/orders/{id}");
        string trace = order["txid"].GetString()!;
        Dictionary<string, JsonElement>[] statements = [.. sender.SamplesOf("sql").Where(sample => sample["txid"].GetString() == trace)];
        Dictionary<string, JsonElement>[] calls =
            [.. sender.SamplesOf("httpc").Where(sample => sample["txid"].GetString() == trace && sample.ContainsKey("service"))];
        Assert.Multiple(() =>
        {
            Assert.That(statements, Has.Length.EqualTo(2));
            Assert.That(statements[0]["sql"].GetString(), Is.EqualTo("SELECT * FROM cart WHERE id = #"));
            Assert.That(statements[0]["db"].GetString(), Is.EqualTo("postgresql://db1:5432/shop"));
            Assert.That(statements[0]["service"].GetString(), Is.EqualTo("/orders/{id}"));
            Assert.That(statements[0]["fetch_count"].GetInt64(), Is.EqualTo(3));
            Assert.That(calls.Single()["url"].GetString(), Is.EqualTo("/shelf/{id}"));
            Assert.That(calls[0]["host"].GetString(), Is.EqualTo("127.0.0.1"));
            Assert.That(calls[0]["port"].GetInt32(), Is.EqualTo(shelf!.Port));
            Assert.That(calls[0]["status"].GetInt32(), Is.EqualTo(200));
            Assert.That(calls[0]["service"].GetString(), Is.EqualTo("/orders/{id}"));
            Assert.That(order["sql_count"].GetInt64(), Is.EqualTo(2));
            Assert.That(order["sql_time"].GetDouble(), Is.EqualTo(statements.Sum(sample => sample["elapsed"].GetDouble())).Within(1e-6));
            Assert.That(order["httpc_count"].GetInt64(), Is.EqualTo(1));
            Assert.That(order["httpc_time"].GetDouble(), Is.EqualTo(calls[0]["elapsed"].GetDouble()).Within(1e-6));
        });
        foreach (byte[] body in sender.Bodies)
        {
            Assert.That(ScriptedSender.ReadBatch(body).ToString(), Does.Not.Contain("secret").And.Not.Contain("admin"));
        }
    }

    [Test]
    public async Task A_worker_has_transactions_of_its_own_activities_with_sums_and_threads()
    {
        using ActivitySource jobs = new("jobs-of-this-test");
        using ActivitySource npgsql = new("Npgsql");
        ScriptedSender sender = new();
        await using (AgentHost host = await AgentHost.StartWorkerAsync(sender, options =>
        {
            options.Sources.Add(jobs.Name);
            options.Sources.Add("Npgsql");
            options.FlushInterval = TimeSpan.FromSeconds(0.1);
            options.ThreadInterval = TimeSpan.FromSeconds(5);
        }))
        {
            using (Activity? job = jobs.StartActivity("nightly"))
            using (jobs.StartActivity("step"))
            {
                StartStatement(npgsql).Dispose();
                job!.AddException(new TimeoutException("too slow"));
                job.SetStatus(ActivityStatusCode.Error, "gave up");
            }

            await Support.Eventually.IsTrueAsync(() => sender.SamplesOf("thread").Count == 1);
        }

        Dictionary<string, JsonElement> transaction = sender.SamplesOf("transaction").Single();
        Assert.Multiple(() =>
        {
            Assert.That(transaction["service"].GetString(), Is.EqualTo("nightly"));
            Assert.That(transaction["sql_count"].GetInt64(), Is.EqualTo(1));
            Assert.That(transaction["error"].GetBoolean(), Is.True);
            Assert.That(transaction["error_class"].GetString(), Is.EqualTo("System.TimeoutException"));
            Assert.That(transaction["error_message"].GetString(), Is.EqualTo("gave up"));
            Assert.That(sender.SamplesOf("exception").Single()["service"].GetString(), Is.EqualTo("nightly"));
            Assert.That(sender.SamplesOf("thread").Single()["count"].GetDouble(), Is.GreaterThan(1));
        });
    }

    [Test]
    public async Task Commands_of_SqlClient_and_of_providers_behind_EF_Core_become_statements_without_secrets()
    {
        using DiagnosticListener sqlClient = new("SqlClientDiagnosticListener");
        using DiagnosticListener entityFramework = new("Microsoft.EntityFrameworkCore");
        using ActivitySource jobs = new("commands-of-this-test");
        ScriptedSender sender = new();
        await using (await AgentHost.StartWorkerAsync(sender, options =>
        {
            options.Sources.Add(jobs.Name);
            options.Commands = true;
        }))
        {
            using Activity? job = jobs.StartActivity("import");
            using FakeCommand ofSqlClient = new("SELECT 1", "tcp:db1,1433");
            using FakeCommand ofAnother = new("DELETE FROM t WHERE a = 'x'", "db2");
            sqlClient.Write("Microsoft.Data.SqlClient.WriteCommandBefore", new { Command = ofSqlClient });
            sqlClient.Write("Microsoft.Data.SqlClient.WriteCommandAfter", new { Command = ofSqlClient });
            entityFramework.Write("Microsoft.EntityFrameworkCore.Database.Command.CommandError",
                new { Command = ofAnother, Duration = TimeSpan.FromMilliseconds(2) });
        }

        IReadOnlyList<Dictionary<string, JsonElement>> statements = sender.SamplesOf("sql");
        Assert.Multiple(() =>
        {
            Assert.That(statements.Select(sample => sample["sql"].GetString()), Is.EquivalentTo(["SELECT #", "DELETE FROM t WHERE a = #"]));
            Assert.That(statements.Select(sample => sample["db"].GetString()),
                Is.EquivalentTo(["microsoft.sql_server://db1:1433/shop", "other_sql://db2/shop"]));
            Assert.That(statements.Single(sample => sample["error"].GetBoolean())["elapsed"].GetDouble(), Is.EqualTo(2));
            Assert.That(sender.SamplesOf("transaction").Single()["sql_count"].GetInt64(), Is.EqualTo(2));
        });
    }

    [TestCase("Npgsql", null)]
    [TestCase("Microsoft.Data.SqlClient", null)]
    [TestCase("Microsoft.Data.Sqlite", "sqlite")]
    [TestCase("MySqlConnector", "mysql")]
    public void A_provider_that_tells_of_its_commands_itself_is_not_counted_twice(string provider, string? system) =>
        Assert.That(CommandCollector.SystemOf(provider), Is.EqualTo(system));

    [Test]
    public async Task One_exception_that_passes_many_activities_is_told_once()
    {
        using ActivitySource jobs = new("exceptions-of-this-test");
        ScriptedSender sender = new();
        await using (AgentHost host = await AgentHost.StartWorkerAsync(sender, options => options.Sources.Add(jobs.Name)))
        {
            using Activity? outer = jobs.StartActivity("outer");
            using Activity? inner = jobs.StartActivity("inner");
            TimeoutException exception = new("late");
            inner!.AddException(exception);
            outer!.AddException(exception);
            host.Agent.Push(exception);
        }

        Assert.That(sender.SamplesOf("exception"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Own_samples_of_every_kind_keep_their_fields()
    {
        ScriptedSender sender = new();
        DateTimeOffset time = DateTimeOffset.FromUnixTimeMilliseconds(1_767_225_600_000);
        Guid id = Guid.NewGuid();
        await using (AgentHost host = await AgentHost.StartWorkerAsync(sender))
        {
            host.Agent.Push(new SqlSample { Time = time, Sql = "SELECT 1", Elapsed = TimeSpan.FromMilliseconds(1), FetchCount = 2 });
            host.Agent.Push(new HttpcSample { Time = time, Url = "/u", Elapsed = TimeSpan.FromMilliseconds(1), Port = 80 });
            host.Agent.Push(new ExceptionSample { Time = time, Class = "C", SnapSeq = 5 });
            host.Agent.Push(new AlertSample
            {
                Time = time,
                Severity = AlertSeverity.Warning,
                Source = "s",
                Title = "t",
                Id = id,
                Labels = new Dictionary<string, string> { ["a"] = "b" },
            });
        }

        Assert.Multiple(() =>
        {
            Assert.That(sender.SamplesOf("sql").Single()["sql"].GetString(), Is.EqualTo("SELECT #"));
            Assert.That(sender.SamplesOf("sql").Single()["time"].GetInt64(), Is.EqualTo(1_767_225_600_000));
            Assert.That(sender.SamplesOf("sql").Single()["fetch_count"].GetInt64(), Is.EqualTo(2));
            Assert.That(sender.SamplesOf("httpc").Single()["port"].GetInt32(), Is.EqualTo(80));
            Assert.That(sender.SamplesOf("exception").Single()["snap_seq"].GetInt64(), Is.EqualTo(5));
            Assert.That(sender.SamplesOf("alert").Single()["id"].GetGuid(), Is.EqualTo(id));
            Assert.That(sender.SamplesOf("alert").Single()["severity"].GetString(), Is.EqualTo("Warning"));
            Assert.That(sender.SamplesOf("alert").Single()["labels"].GetProperty("a").GetString(), Is.EqualTo("b"));
        });
    }

    private static Activity StartStatement(ActivitySource npgsql)
    {
        Activity statement = npgsql.StartActivity("shop", ActivityKind.Client)!;
        statement.SetTag("db.system.name", "postgresql");
        statement.SetTag("db.namespace", "shop");
        statement.SetTag("db.query.text", "SELECT * FROM cart WHERE id = 42");
        statement.SetTag("server.address", "db1");
        statement.SetTag("server.port", 5432);
        statement.SetTag("db.response.returned_rows", 3);
        statement.SetTag("db.connection_string", "Host=db1;Password=secret");
        statement.SetTag("db.user", "admin");
        return statement;
    }

    // Transactions of calls to an application, once it has stopped.
    private static async Task<Dictionary<string, JsonElement>[]> CallAsync(
        Action<WebApplication> map, Func<HttpClient, Task> call, ScriptedSender? sender = null, Action<TimeSeriesAgentOptions>? configure = null)
    {
        sender ??= new ScriptedSender();
        await using (AgentHost host = await AgentHost.StartWebAsync(map, sender, configure))
        {
            using HttpClient http = new() { BaseAddress = host.Address };
            http.DefaultRequestHeaders.Add("User-Agent", "tests/1");
            await call(http);
        }

        return [.. sender.SamplesOf("transaction")];
    }
}
