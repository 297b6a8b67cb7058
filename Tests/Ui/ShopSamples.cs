using System.Net.Http.Headers;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ui;

/// <summary>Samples of a small shop of the last minutes, some with hostile texts.</summary>
internal static class ShopSamples
{
    public const string Hostile = "<script>window.hacked=1</script><img src=x onerror='window.hacked=1'>";

    public static DateTimeOffset Newest { get; } = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 60_000);

    /// <summary>How many there are.</summary>
    public const int Count = 65;

    public static Task PushAsync(PageServer server) => PushAsync(server.Address);

    public static async Task PushAsync(Uri server)
    {
        long newest = Newest.ToUnixTimeMilliseconds();
        object agent = new { oname = "shop-1" };
        object[] transactions =
        [
            .. Enumerable.Range(0, 40).Select(i => new { time = newest - (i * 20_000), service = "/cart", elapsed = 1.5 + i }),
            .. Enumerable.Range(0, 20).Select(i => new { time = newest - (i * 30_000), service = Hostile, elapsed = 100.25 }),
            new { time = newest - 1_000, service = "/slow", elapsed = 4_321.125, txid = "tx-slow", error = true },
        ];
        string body = JsonSerializer.Serialize(new
        {
            agent,
            transaction = transactions,
            sql = new[] { new { time = newest - 4_000, sql = "SELECT 1", elapsed = 12.5, txid = "tx-slow" } },
            httpc = new[] { new { time = newest - 3_000, url = "/pay", host = "pay.example", port = 443, elapsed = 700, error = true, txid = "tx-slow" } },
            exception = new[]
            {
                new Dictionary<string, object> { ["time"] = newest - 2_000, ["class"] = "Boom", ["message"] = "it broke", ["txid"] = "tx-slow" },
            },
            thread = new[] { new { time = newest, count = 12 } },
        });
        Assert.That(await PushAsync(server, body), Does.Contain($"\"accepted\":{Count}"));
    }

    /// <summary>Pushes some transactions.</summary>
    public static Task PushAsync(Uri server, object[] transaction) =>
        PushAsync(server, JsonSerializer.Serialize(new { agent = new { oname = "shop-1" }, transaction }));

    private static async Task<string> PushAsync(Uri server, string body)
    {
        using HttpClient http = new() { BaseAddress = server };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestProjects.TokenOf(TestProjects.First));
        using HttpResponseMessage response = await http.PostAsync(
            "/ingest/v1/batch", new StringContent(body, new MediaTypeHeaderValue("application/json")));
        string outcome = await response.Content.ReadAsStringAsync();
        Assert.That(outcome, Does.Contain("\"rejected\":0"));
        return outcome;
    }
}
