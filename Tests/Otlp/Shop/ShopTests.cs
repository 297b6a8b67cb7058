using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Otlp.Shop;

/// <summary>
/// An application of ASP.NET Core with OpenTelemetry's SDK, its instrumentations and PostgreSQL, pointed here by variables of its environment only: what it
/// counted and measured itself is what WhaTap's statistics say of it.
/// </summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
[Parallelizable(ParallelScope.All)]
internal sealed class ShopTests
{
    private const int WarmUpRounds = 2;
    private const int Rounds = 30;
    private const int AtATime = 6;

    // The shop's clock runs inside a request's span and around a call's. So much may be between them, on average: a thread that waits for its processor, or the
    // log line of an exception that nobody handles. What sleeps takes that long at least.
    private const double ToleranceMilliseconds = 25;
    private const double RoundingMilliseconds = 1;

    private PostgresServer _database = null!;
    private OtlpServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _database = await PostgresServer.StartAsync();
        _server = await OtlpServer.StartAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [TestCase("http/protobuf", TestProjects.First)]
    [TestCase("grpc", TestProjects.Second)]
    public async Task What_the_application_counted_is_what_statistics_say(string protocol, long project)
    {
        Uri endpoint = protocol == "grpc" ? _server.GrpcAddress : _server.HttpAddress;
        string instance = $"i{project}";
        using ShopProcess shop = await ShopProcess.StartAsync(_database, endpoint, protocol, instance, TestProjects.TokenOf(project));

        // What is compiled for the first requests takes time that differs by where the clocks are.
        await shop.GetAllAsync(Paths(WarmUpRounds), AtATime);
        ShopCounts before = await shop.CountsAsync(RequestsOf(WarmUpRounds));
        long from = 1 + await LastTimeAsync(project, RequestsOf(WarmUpRounds));
        IReadOnlyDictionary<HttpStatusCode, int> statuses = await shop.GetAllAsync(Paths(Rounds), AtATime);
        ShopCounts counts = (await shop.CountsAsync(RequestsOf(WarmUpRounds) + RequestsOf(Rounds))).Since(before);
        await shop.StopAsync();
        Assert.That(statuses[HttpStatusCode.Conflict], Is.EqualTo(Rounds), "refunds");

        Statistics statistics = new(_server.Server.Client, project, from, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 60_000);
        JsonElement[] statements = await statistics.RecordsAsync("sql");
        int connects = CheckStatements(statements, counts);
        CheckTransactions(await statistics.RecordsAsync("transaction"), counts, connects);
        CheckCalls(await statistics.RecordsAsync("httpc"), counts);
        await CheckExceptionsAsync(await statistics.RecordsAsync("exception"), counts, project, from);
        await CheckSumsAsync(statistics, counts, connects);

        JsonElement threads = (await statistics.ReadAsync("thread_count")).GetProperty("objects").EnumerateArray().Single();
        Assert.That(threads.GetProperty("oname").GetString(), Is.EqualTo($"otel-shop-{instance}"));
        Assert.That(threads.GetProperty("series").EnumerateArray().Select(point => point[1].GetDouble()), Is.Not.Empty.And.All.InRange(1, 1_000));
    }

    // Each round: what succeeds, what is not found, what fails here and elsewhere.
    private static IEnumerable<string> Paths(int rounds) => Enumerable.Range(1, rounds).SelectMany(i => (string[])
        [$"/cart/{i}", $"/checkout/{i}", $"/refund/{i}", $"/nothing/{i}", "/broken", "/report", "/supplier", $"/shelf/{i}"]);

    // A checkout makes two more.
    private static int RequestsOf(int rounds) => rounds * (8 + 2);

    private static string ServiceOf(Tally request) => request.Route.StartsWith("/nothing/", StringComparison.Ordinal) ? "/nothing/{id}" : request.Route;

    private static string TextOf(Tally statement) => statement.Name.StartsWith("INSERT", StringComparison.Ordinal)
        ? "INSERT INTO sale (product, amount, note) VALUES (#)"
        : statement.Name.Replace("/ 0", "/ #", StringComparison.Ordinal).Replace("(0.01)", "(#)", StringComparison.Ordinal)
            .Replace("(0.02)", "(#)", StringComparison.Ordinal);

    private static string UrlOf(Tally call) => call.Name.LastIndexOf('/') is > 0 and int end ? call.Name[..end] + "/{id}" : call.Name;

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static int Number(JsonElement row, string name) => row.GetProperty(name).GetInt32();

    // Returns how many times Npgsql opened a connection, which it has a span for; only it knows when it does.
    private int CheckStatements(JsonElement[] rows, ShopCounts counts)
    {
        JsonElement[] connects = [.. rows.Where(row => Text(row, "sql") == "CONNECT postgres")];
        Dictionary<string, JsonElement> byText = rows.Except(connects).ToDictionary(row => Text(row, "sql"));
        IReadOnlyDictionary<string, Tally> expected = counts.By("sql", TextOf);
        Assert.That(byText.Keys, Is.EquivalentTo(expected.Keys));
        Assert.Multiple(() =>
        {
            foreach ((string text, Tally tally) in expected)
            {
                JsonElement row = byText[text];
                Assert.That((Number(row, "count_total"), Number(row, "count_error")), Is.EqualTo((tally.Count, tally.Failures)), text);
                Assert.That(Text(row, "db"), Is.EqualTo($"postgresql://127.0.0.1:{_database.Port}/postgres"), text);
                CheckMean(Number(row, "time_sum"), tally, MillisecondsOf(text), isInside: true, text);
            }
        });
        return connects.Sum(row => Number(row, "count_total"));
    }

    private static void CheckTransactions(JsonElement[] rows, ShopCounts counts, int connects)
    {
        Dictionary<string, JsonElement> byService = rows.Where(row => Text(row, "service") != "/counts").ToDictionary(row => Text(row, "service"));
        IReadOnlyDictionary<string, Tally> expected = counts.By("request", ServiceOf);
        Assert.That(byService.Keys, Is.EquivalentTo(expected.Keys));
        Assert.Multiple(() =>
        {
            foreach ((string service, Tally tally) in expected)
            {
                JsonElement row = byService[service];
                Assert.That((Number(row, "count"), Number(row, "error")), Is.EqualTo((tally.Count, tally.Failures)), service);
                Assert.That(Number(row, "httpc_count"), Is.EqualTo(counts.Sum("http", call => ServiceOf(call) == service).Count), service);
                int statements = counts.Sum("sql", statement => ServiceOf(statement) == service).Count;
                Assert.That(Number(row, "sql_count"), Is.InRange(statements, statements + connects), service);
                CheckMean(Number(row, "time_sum"), tally, MillisecondsOf(service), isInside: false, service);
            }
        });
    }

    private static void CheckCalls(JsonElement[] rows, ShopCounts counts)
    {
        Dictionary<string, JsonElement> byUrl = rows.ToDictionary(row => Text(row, "Url"));
        IReadOnlyDictionary<string, Tally> expected = counts.By("http", UrlOf);
        Assert.That(byUrl.Keys, Is.EquivalentTo(expected.Keys));
        Assert.Multiple(() =>
        {
            foreach ((string url, Tally tally) in expected)
            {
                JsonElement row = byUrl[url];
                Assert.That((Number(row, "Total"), Number(row, "Error")), Is.EqualTo((tally.Count, tally.Failures)), url);
                Assert.That(Text(row, "Host"), Is.EqualTo("127.0.0.1"), url);
                CheckMean(Number(row, "Sum"), tally, MillisecondsOf(url), isInside: true, url);
            }
        });
    }

    // One for each that was thrown, though spans and log records both tell of it. The first to come is kept, and a log record does not tell of which service it
    // is, so that a class may have two rows.
    private async Task CheckExceptionsAsync(JsonElement[] rows, ShopCounts counts, long project, long from)
    {
        Assert.That(
            rows.GroupBy(row => Text(row, "class")).Select(group => (group.Key, group.Sum(row => Number(row, "count")))),
            Is.EquivalentTo(counts.By("exception", exception => exception.Name.Split(':')[0]).Select(pair => (pair.Key, pair.Value.Count))));
        Assert.That(
            (await _server.SamplesAsync("exception", project)).Where(sample => sample.GetProperty("time").GetInt64() >= from)
                .GroupBy(sample => $"{Text(sample, "class")}: {Text(sample, "message")}").Select(group => (group.Key, group.Count())),
            Is.EquivalentTo(counts.By("exception", exception => exception.Name).Select(pair => (pair.Key, pair.Value.Count))));
    }

    private static void CheckMean(double milliseconds, Tally tally, double slept, bool isInside, string what)
    {
        double counted = tally.Milliseconds / tally.Count;
        double least = Math.Max(slept, isInside ? counted - ToleranceMilliseconds : counted) - RoundingMilliseconds;
        double most = counted + (isInside ? RoundingMilliseconds : ToleranceMilliseconds);
        Assert.That(milliseconds / tally.Count, Is.InRange(least, most), $"ms of each {what}");
    }

    // How long the database sleeps for a statement, a request or a call.
    private static double MillisecondsOf(string what) => what switch
    {
        "/cart/{id:int}" or "SELECT price, pg_sleep(#) FROM product WHERE id = $1" => 10,
        "/shelf/{id:int}" or "/shelf/{id}" or "/checkout/{id:int}" or "SELECT count(*), pg_sleep(#) FROM sale WHERE product = $1" => 20,
        _ => 0,
    };

    // Sums of transactions are those of their statements and calls to the microsecond.
    private static async Task CheckSumsAsync(Statistics statistics, ShopCounts counts, int connects)
    {
        decimal[] sums = await statistics.AggregateAsync("transaction", "sum(sql_count),sum(sql_time),sum(httpc_count),sum(httpc_time)");
        decimal[] statements = await statistics.AggregateAsync("sql", "count,sum(elapsed)");
        decimal[] calls = await statistics.AggregateAsync("httpc", "count,sum(elapsed)");
        Assert.That(sums, Is.EqualTo((decimal[])[.. statements, .. calls]));
        Assert.That((statements[0], calls[0]), Is.EqualTo(((decimal)(counts.Sum("sql").Count + connects), (decimal)counts.Sum("http").Count)));
    }

    private async Task<long> LastTimeAsync(long project, int requests)
    {
        Statistics all = new(_server.Server.Client, project, 1_000_000_000_000, 9_000_000_000_000);
        decimal count = 0;
        await Eventually.IsTrueAsync(
            async () => (count = (await all.AggregateAsync("transaction", "count", where: "service!:/counts"))[0]) == requests,
            () => $"{count} of {requests} transactions");
        return (await _server.SamplesAsync("transaction", project))[^1].GetProperty("time").GetInt64();
    }
}
