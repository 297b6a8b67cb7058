using System.Globalization;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Otlp;

/// <summary>
/// An application for Node.js, instrumented by nothing but variables of its environment, pushes over each protocol of OpenTelemetry's SDK for JavaScript. What
/// comes back equals what the application itself counted.
/// </summary>
internal sealed class NodeSdkTests
{
    private const int RequestsPerRoute = 40;
    private const int PaysPerOrder = 2;
    private const int Connections = 4;
    private const int Requests = RequestsPerRoute * (6 + PaysPerOrder);

    // So short that spans of one trace are in several exports.
    private const string ScheduleDelayMs = "20";

    // On average, of a request or a call: the application's clock runs beside the SDK's.
    private const double ToleranceMs = 5;

    // Of adding up milliseconds as doubles; what is added up are whole microseconds.
    private const double RoundingMs = 1e-6;

    private static readonly string[] _routes = ["cart", "missing", "order", "ship", "fail", "warn"];

    [TestCase("http/protobuf", "none")]
    [TestCase("http/protobuf", "gzip")]
    [TestCase("http/json", "none")]
    [TestCase("grpc", "gzip")]
    public async Task What_the_application_counted_comes_back(string protocol, string compression)
    {
        await using OtlpServer server = await OtlpServer.StartAsync();
        (ShopCounts shop, int port) = await RunShopAsync(server, protocol, compression, async () =>

            // What comes at its end has a test of its own.
            await Eventually.IsTrueAsync(async () => (await server.SamplesAsync("transaction")).Length == Requests));
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        string period = string.Create(CultureInfo.InvariantCulture, $"{now - 600_000}/{now + 60_000}");

        JsonElement[] transactions = await RecordsAsync(server, "transaction", period);
        Assert.That(shop.Routes.Keys, Has.Count.EqualTo(_routes.Length + 1));
        Assert.That(Counted(transactions, "service", "count", "error"), Is.EquivalentTo(Counted(shop.Routes)));
        AssertTimes(Times(transactions, "service", "time_sum"), shop.Routes);
        Assert.That((await RecordsAsync(server, "remote", period)).Select(row => (row.GetProperty("ip").GetString(), row.GetProperty("count").GetInt32())),
            Is.EqualTo(new[] { ("127.0.0.1", shop.Routes.Sum(route => route.Value.Count)) }));
        JsonElement[] calls = await RecordsAsync(server, "httpc", period);
        Assert.That(Counted(calls, "Url", "Total", "Error"), Is.EquivalentTo(Counted(shop.Calls)));
        AssertTimes(Times(calls, "Url", "Sum"), shop.Calls);
        Assert.That(calls.Select(row => (row.GetProperty("Url").GetString(), row.GetProperty("Host").GetString(), row.GetProperty("Port").GetInt32())),
            Is.EquivalentTo(new[] { ("/pay/{id}", "127.0.0.1", port), ("/ship", "127.0.0.1", 2) }));
        Assert.That((await RecordsAsync(server, "exception", period)).GroupBy(row => row.GetProperty("class").GetString()!).ToDictionary(
            group => group.Key, group => group.Sum(row => row.GetProperty("count").GetInt32())), Is.EquivalentTo(shop.Exceptions));
        Assert.That(await RecordsAsync(server, "sql", period), Is.Empty);

        await AssertSamplesAsync(server, shop);
        Assert.That(await server.MetricAsync("timeseries_otlp_items_total", "outcome=\"rejected\""), Is.Zero);
        foreach (string signal in (string[])["traces", "metrics", "logs"])
        {
            Assert.That(await server.MetricAsync("timeseries_otlp_items_total", $"signal=\"{signal}\""), Is.GreaterThan(0), signal);
        }
    }

    // Nothing was exported before, and then all at the same time, in exports of a few spans.
    [TestCase("http/protobuf")]
    [TestCase("grpc")]
    public async Task At_its_end_all_comes_and_each_call_is_in_the_sums_of_its_request_or_counted_as_not(string protocol)
    {
        await using OtlpServer server = await OtlpServer.StartAsync("--Otlp:JoinWindow=1s");
        (ShopCounts shop, _) = await RunShopAsync(
            server, protocol, "none", () => Task.CompletedTask, ("OTEL_BSP_SCHEDULE_DELAY", "60000"), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "48"));

        JsonElement[] transactions = await server.SamplesAsync("transaction");
        JsonElement[] calls = await server.SamplesAsync("httpc");
        Assert.That((transactions.Length, calls.Length), Is.EqualTo((Requests, shop.Calls.Sum(call => call.Value.Count))));
        int summed = transactions.Sum(row => row.GetProperty("httpc_count").GetInt32());
        double Joined(string metrics, params string[] outcomes) =>
            outcomes.Sum(outcome => MetricsText.Sum(metrics, "timeseries_otlp_join_total", $"outcome=\"{outcome}\""));
        await Eventually.IsTrueAsync(async () => Joined(
            await server.Server.Client.GetAsync("/metrics"), "same_request", "earlier_request", "expired", "orphan") == calls.Length);
        string metrics = await server.Server.Client.GetAsync("/metrics");
        TestContext.Out.WriteLine($"{protocol}: {calls.Length} calls, {summed} in sums, {Joined(metrics, "earlier_request")} of other exports");
        Assert.That(Joined(metrics, "same_request", "earlier_request"), Is.EqualTo(summed));
    }

    private static async Task<(ShopCounts Counts, int Port)> RunShopAsync(
        OtlpServer server, string protocol, string compression, Func<Task> beforeEnd, params IEnumerable<(string, string)> more)
    {
        using NodeProgram shop = NodeProgram.Start("shop.js", [
            ("NODE_OPTIONS", "--require @opentelemetry/auto-instrumentations-node/register"),
            ("OTEL_NODE_RESOURCE_DETECTORS", "env,host,process"),
            ("OTEL_SERVICE_NAME", "shop"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", (protocol == "grpc" ? server.GrpcAddress : server.HttpAddress).ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", compression),
            ("OTEL_BSP_SCHEDULE_DELAY", ScheduleDelayMs),
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20" + TestProjects.TokenOf(TestProjects.First)), .. more]);
        int port = int.Parse((await shop.LineAsync()).Split(' ')[^1], CultureInfo.InvariantCulture);
        using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Parallel.ForEachAsync(Enumerable.Range(0, RequestsPerRoute * _routes.Length), new ParallelOptions { MaxDegreeOfParallelism = Connections },
            async (i, stop) => (await http.GetAsync($"/{_routes[i % _routes.Length]}/{i / _routes.Length}?q=1", stop)).Dispose());
        await beforeEnd();
        shop.Terminate();
        ShopCounts counts = JsonSerializer.Deserialize<ShopCounts>(await shop.LineAsync(), JsonSerializerOptions.Web)!;
        Assert.That(await shop.EndAsync(), Is.Empty);
        return (counts, port);
    }

    // The samples themselves: statuses, and the sums of each order's calls.
    private static async Task AssertSamplesAsync(OtlpServer server, ShopCounts shop)
    {
        JsonElement[] transactions = await server.SamplesAsync("transaction");
        JsonElement[] calls = await server.SamplesAsync("httpc");
        Assert.That(transactions.GroupBy(row => (row.GetProperty("service").GetString(), row.GetProperty("status").GetInt32()))
            .ToDictionary(group => group.Key, group => group.Count()), Is.EquivalentTo(shop.Routes.SelectMany(route => route.Value.Statuses
                .Select(status => KeyValuePair.Create(((string?)route.Key, int.Parse(status.Key, CultureInfo.InvariantCulture)), status.Value)))));
        Assert.That(transactions.Select(row => row.GetProperty("okind").GetString()), Is.All.EqualTo("shop"));
        ILookup<string?, JsonElement> callsOf = calls.ToLookup(row => row.GetProperty("txid").GetString());
        foreach (JsonElement transaction in transactions)
        {
            bool calling = transaction.GetProperty("service").GetString() is "/order/{id}" or "/ship/{id}";
            JsonElement[] own = calling ? [.. callsOf[transaction.GetProperty("txid").GetString()]] : [];
            Assert.That(transaction.GetProperty("httpc_count").GetInt32(), Is.EqualTo(own.Length));
            Assert.That(transaction.GetProperty("httpc_time").GetDouble(),
                Is.EqualTo(own.Sum(row => row.GetProperty("elapsed").GetDouble())).Within(RoundingMs));
        }

        Assert.That(transactions.Sum(row => row.GetProperty("httpc_count").GetInt32()), Is.EqualTo(shop.Calls.Sum(call => call.Value.Count)));
        Assert.That(await server.MetricAsync("timeseries_otlp_join_total", "outcome=\"earlier_request\""), Is.GreaterThan(0));
        JsonElement[] exceptions = await server.SamplesAsync("exception");
        Assert.That(exceptions.Select(row => row.GetProperty("txid").GetString()),
            Is.SubsetOf(transactions.Select(row => row.GetProperty("txid").GetString())));
        Assert.That(exceptions.Where(row => row.GetProperty("class").GetString() == "RangeError").Select(row => row.GetProperty("message").GetString()),
            Is.EquivalentTo(Enumerable.Range(0, RequestsPerRoute).Select(id => $"cart {id} is too full")));
        Assert.That(exceptions.Select(row => row.GetProperty("stack").GetString()), Is.All.Contain("    at "));
    }

    private static async Task<JsonElement[]> RecordsAsync(OtlpServer server, string name, string period)
    {
        using JsonDocument document = JsonDocument.Parse(await server.Server.Client.GetAsync($"/open/api/json/{name}/{period}"));
        return [.. document.RootElement.GetProperty("records").EnumerateArray().Select(record => record.Clone())];
    }

    private static IEnumerable<(string Key, int Count, int Errors)> Counted(JsonElement[] records, string key, string count, string errors) =>
        records.Select(row => (row.GetProperty(key).GetString()!, row.GetProperty(count).GetInt32(), row.GetProperty(errors).GetInt32()));

    private static IEnumerable<(string Key, int Count, int Errors)> Counted(Dictionary<string, Tally> tallies) =>
        tallies.Select(tally => (tally.Key, tally.Value.Count, tally.Value.Errors));

    private static Dictionary<string, double> Times(JsonElement[] records, string key, string sum) =>
        records.ToDictionary(row => row.GetProperty(key).GetString()!, row => row.GetProperty(sum).GetDouble());

    private static void AssertTimes(Dictionary<string, double> sums, Dictionary<string, Tally> tallies)
    {
        foreach ((string key, Tally tally) in tallies)
        {
            Assert.That(sums[key] / tally.Count, Is.EqualTo(tally.Elapsed / tally.Count).Within(ToleranceMs), key);
        }
    }

    private sealed record ShopCounts(Dictionary<string, Tally> Routes, Dictionary<string, Tally> Calls, Dictionary<string, int> Exceptions);

    private sealed record Tally(int Count, int Errors, Dictionary<string, int> Statuses, double Elapsed);
}
