using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using NUnit.Framework;
using TimeSeries.Agent;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Agent;

/// <summary>An application with the agent, and the server that it sends to, in one process: what the application counted itself comes back.</summary>
public sealed class AgentServerTests
{
    private const string Samples = "/api/v1/samples?limit=1000&kind=";

    [Test]
    public async Task What_the_application_counted_comes_back_by_every_endpoint()
    {
        using TemporaryFolder folder = new();
        await using RunningServer server = await RunningServer.StartAsync(folder);
        ConcurrentQueue<double> ofOrders = [];
        int failures = 0;
        Uri? self = null;
        await using (AgentHost app = await AgentHost.StartWebAsync(
            application =>
            {
                application.MapGet("/shelf/{id}", async (int id) =>
                {
                    await Task.Delay(5);
                    return id;
                });
                application.MapGet("/orders/{id}", async (int id) =>
                {
                    long began = Stopwatch.GetTimestamp();
                    using HttpClient http = new() { BaseAddress = self };
                    string shelf = await http.GetStringAsync($"/shelf/{id}");
                    ofOrders.Enqueue(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                    return id % 5 == 0 ? throw new InvalidOperationException($"order {Interlocked.Increment(ref failures)}") : shelf;
                });
            },
            null, options => Configure(options, server.Client.Address, "System.Net.Http")))
        {
            self = app.Address;
            using HttpClient http = new() { BaseAddress = self };
            for (int i = 1; i <= 20; i++)
            {
                using HttpResponseMessage response = await http.GetAsync($"/orders/{i}");
            }
        }

        JsonElement[] transactions = await SamplesAsync(server, "transaction");
        JsonElement[] orders = [.. transactions.Where(sample => sample.GetProperty("service").GetString() == "/orders/{id}")];
        JsonElement[] calls = [.. (await SamplesAsync(server, "httpc")).Where(sample => Text(sample, "service") == "/orders/{id}")];
        JsonElement[] exceptions = await SamplesAsync(server, "exception");
        using JsonDocument statistic = JsonDocument.Parse(await server.Client.GetAsync("/open/api/json/transaction"));
        JsonElement ofService = statistic.RootElement.GetProperty("records").EnumerateArray()
            .Single(record => record.GetProperty("service").GetString() == "/orders/{id}");
        Assert.Multiple(() =>
        {
            Assert.That(orders, Has.Length.EqualTo(20));
            Assert.That(transactions.Count(sample => sample.GetProperty("service").GetString() == "/shelf/{id}"), Is.EqualTo(20));
            Assert.That(orders.Count(sample => sample.GetProperty("error").GetBoolean()), Is.EqualTo(failures).And.EqualTo(4));
            Assert.That(orders.Sum(sample => sample.GetProperty("elapsed").GetDouble()), Is.GreaterThanOrEqualTo(ofOrders.Sum() * 0.99));
            Assert.That(orders.Select(sample => sample.GetProperty("httpc_count").GetInt64()), Is.All.EqualTo(1));
            Assert.That(orders.Sum(sample => sample.GetProperty("httpc_time").GetDouble()),
                Is.EqualTo(calls.Sum(sample => sample.GetProperty("elapsed").GetDouble())).Within(0.02));
            Assert.That(calls, Has.Length.EqualTo(20));
            Assert.That(calls.Select(sample => sample.GetProperty("url").GetString()), Is.All.EqualTo("/shelf/{id}"));
            Assert.That(exceptions.Select(sample => Text(sample, "message")), Is.EquivalentTo(Enumerable.Range(1, 4).Select(i => $"order {i}")));
            Assert.That(orders.Select(sample => Text(sample, "txid")), Is.EquivalentTo(calls.Select(sample => Text(sample, "txid"))));
            Assert.That(ofService.GetProperty("count").GetInt64(), Is.EqualTo(20));
            Assert.That(ofService.GetProperty("error").GetInt64(), Is.EqualTo(4));
        });
    }

    [Test]
    public async Task A_server_that_was_away_has_every_sample_once_when_it_is_back()
    {
        using TemporaryFolder folder = new();
        await using AgentRelay relay = await AgentRelay.StartAsync();
        await using RunningServer server = await RunningServer.StartAsync(folder);
        await using AgentHost app = await AgentHost.StartWebAsync(
            application => application.MapGet("/a/{i}", (int i) => i), null, options => Configure(options, relay.Address));
        using HttpClient http = new() { BaseAddress = app.Address };
        for (int i = 0; i < 30; i++)
        {
            await http.GetStringAsync($"/a/{i}");
        }

        await Eventually.IsTrueAsync(() => relay.Refused > 0);
        relay.Target = server.Client.Address;
        await Eventually.IsTrueAsync(() => app.Agent.Statistics.Sent == 30);

        // The first response of the server was lost, so that one batch was sent twice.
        Assert.That(relay.Lost, Is.EqualTo(1));
        Assert.That(await SamplesAsync(server, "transaction"), Has.Length.EqualTo(30));
    }

    private static void Configure(TimeSeriesAgentOptions options, Uri endpoint, params string[] sources)
    {
        options.Endpoint = endpoint;
        options.Token = TestProjects.TokenOf(TestProjects.First);
        options.FlushInterval = TimeSpan.FromSeconds(0.1);
        foreach (string source in sources)
        {
            options.Sources.Add(source);
        }
    }

    private static async Task<JsonElement[]> SamplesAsync(RunningServer server, string kind)
    {
        using JsonDocument document = JsonDocument.Parse(await server.Client.GetAsync(Samples + kind));
        return [.. document.RootElement.Clone().GetProperty("samples").EnumerateArray()];
    }

    private static string? Text(JsonElement sample, string field) => sample.TryGetProperty(field, out JsonElement value) ? value.GetString() : null;
}
