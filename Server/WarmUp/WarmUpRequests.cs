using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using MessagePack;

namespace TimeSeries.Server.WarmUp;

/// <summary>The requests of a warm-up: pushes in every form, then a query of each endpoint.</summary>
/// <param name="server">The server of the twin host.</param>
/// <param name="clock">The time of samples and signatures.</param>
internal sealed class WarmUpRequests(InProcessServer server, TimeProvider clock)
{
    private const int RowsPerKind = 300;
    private const string Token = "warm-up-token-of-a-host-in-memory";
    private const string AccessKey = "warm-up-key";
    private const string SecretKey = "warm-up-secret";
    private const string Events = "/api/v1/dashboards/events/search";

    /// <summary>The project that the requests are for, as arguments of its host.</summary>
    public static IReadOnlyList<string> Project { get; } =
    [
        "--Projects:0:Pcode=1", $"--Projects:0:Tokens:0:Secret={Token}", "--Projects:0:Tokens:0:Scopes=ingest,read,admin",
        $"--Projects:0:AccessKeys:0:Id={AccessKey}", $"--Projects:0:AccessKeys:0:Secret={SecretKey}",
    ];

    private const int MaxRefused = 10;

    private readonly ConcurrentQueue<string> _refused = [];

    /// <summary>The first requests that were refused, with their status. None is, unless the requests are wrong.</summary>
    public IReadOnlyCollection<string> Refused => _refused;

    /// <summary>Pushes a batch in each form, and in JSON.</summary>
    public async Task PushAsync()
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        byte[] rows = WarmUpBatch.Make(WarmUpForm.Rows, RowsPerKind, now);
        await PushAsync("application/msgpack", rows);
        await PushAsync("application/msgpack", WarmUpBatch.Make(WarmUpForm.Table, RowsPerKind, now));
        await PushAsync("application/msgpack", WarmUpBatch.Make(WarmUpForm.Columns, RowsPerKind, now));
        await PushAsync("application/json", Encoding.UTF8.GetBytes(MessagePackSerializer.ConvertToJson(rows)));
    }

    /// <summary>Sends a query to each endpoint.</summary>
    public async Task QueryAsync()
    {
        DateTimeOffset now = clock.GetUtcNow();
        string range = string.Create(
            CultureInfo.InvariantCulture, $"{now.AddHours(-1).ToUnixTimeMilliseconds()}/{now.AddSeconds(1).ToUnixTimeMilliseconds()}");
        string day = now.ToString("d/M/yyyy", CultureInfo.InvariantCulture);
        string oid = ((int)Crc32.HashToUInt32(Encoding.UTF8.GetBytes(WarmUpBatch.Agent))).ToString(CultureInfo.InvariantCulture);
        foreach (string target in (IReadOnlyList<string>)
        [
            $"/open/api/json/transaction/{range}", $"/open/api/json/sql/{range}", $"/open/api/json/httpc/{range}",
            $"/open/api/json/httpc/{range}/filter/host/host-1/port/1", $"/open/api/json/exception/{range}", $"/open/api/json/remote/{range}",
            $"/open/api/json/thread_count/{range}", $"/open/api/json/thread_count/{range}/{oid}", $"/open/api/json/thread_count/{range}/avg",
            $"/api/activity/keys/endpoint/api_key-1/{day}/{day}", $"/api/activity/oauthid/endpoint/oauth_id-1/{day}/{day}",
            "/api/v1.0/alert-history", "/api/v1.0/alert-history?source=source-1", $"/api/v1.0/alert-history/{WarmUpBatch.AlertId(0)}",
            "/api/v1.0/alert-history/stats/severity", "/api/v1.0/alert-history/stats/source", "/api/v1.0/alert-history/stats/timeline",
            "/api/v1/agents", "/api/v1/schema",
            "/api/v1/aggregate?kind=transaction&measures=count,avg(elapsed),p95(elapsed)&by=service&window=1m&order=-count&limit=10",
            "/api/v1/aggregate?kind=transaction&measures=count,max(elapsed)&where=method~:thod-1&by=method",
            "/api/v1/samples?kind=transaction&limit=10", "/metrics", "/readyz", "/healthz",
        ])
        {
            await SendAsync("GET", target, new HeaderDictionary());
        }

        await SearchEventsAsync(now);
    }

    private Task SearchEventsAsync(DateTimeOffset now)
    {
        string day = now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string timestamp = now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = Encoding.UTF8.GetBytes($"POST {Events}\n{timestamp}\n{AccessKey}");
        HeaderDictionary headers = new()
        {
            ["Content-Type"] = "application/json",
            ["x-ncp-apigw-timestamp"] = timestamp,
            ["x-ncp-iam-access-key"] = AccessKey,
            ["x-ncp-apigw-signature-v2"] = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(SecretKey), signed)),
        };
        return SendAsync("POST", Events, headers, Encoding.UTF8.GetBytes($$"""{"timeZone":"Z","from":"{{day}}","to":"{{day}}"}"""));
    }

    private Task PushAsync(string contentType, byte[] body) =>
        SendAsync("POST", "/ingest/v1/batch", new HeaderDictionary { ["Content-Type"] = contentType }, body);

    private async Task SendAsync(string method, string target, HeaderDictionary headers, byte[]? body = null)
    {
        headers["Authorization"] = target.StartsWith("/api/activity", StringComparison.Ordinal) ? Token : $"Bearer {Token}";
        if (target.StartsWith("/open/", StringComparison.Ordinal))
        {
            headers["x-whatap-token"] = Token;
            headers["x-whatap-pcode"] = "1";
        }

        int status = await server.SendAsync(method, target, headers, body);
        if (status != StatusCodes.Status200OK && _refused.Count < MaxRefused)
        {
            _refused.Enqueue($"{method} {target}: {status}");
        }
    }
}
