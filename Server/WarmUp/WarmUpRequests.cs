using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MessagePack;
using TimeSeries.Core.Building;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Server.WarmUp;

/// <summary>The requests of a warm-up: pushes in every form, and a query of each endpoint. Thread safe.</summary>
internal sealed class WarmUpRequests : IDisposable
{
    private const int RowsPerKind = 300;
    private const int ColumnRowsPerKind = 1_000;
    private const string AccessKey = "warm-up";
    private const string Events = "/api/v1/dashboards/events/search";
    private const int MaxRefused = 10;

    // The twin listens on this machine for a moment; nobody else can know them.
    private readonly string _token = RandomNumberGenerator.GetHexString(32);
    private readonly string _secret = RandomNumberGenerator.GetHexString(32);
    private readonly TimeProvider _clock;

    // Straight to the twin, whatever proxy the machine has, and never for long: a start waits for it.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
    private readonly ConcurrentQueue<string> _refused = [];
    private readonly (string ContentType, byte[] Body)[] _pushes;

    /// <param name="clock">The time of samples and signatures.</param>
    public WarmUpRequests(TimeProvider clock)
    {
        _clock = clock;
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        byte[] rows = WarmUpBatch.Make(WarmUpForm.Rows, RowsPerKind, now);
        _pushes =
        [
            (MessagePackMedia.ContentType, rows),
            (MessagePackMedia.ContentType, WarmUpBatch.Make(WarmUpForm.Table, RowsPerKind, now, WarmUpBatch.Agent + "-2")),
            (MessagePackMedia.ContentType, WarmUpBatch.Make(WarmUpForm.Columns, ColumnRowsPerKind, now)),
            ("application/json", Encoding.UTF8.GetBytes(MessagePackSerializer.ConvertToJson(rows))),
        ];
    }

    /// <summary>The project that the requests are for, as arguments of its host.</summary>
    public IReadOnlyList<string> Project =>
    [
        "--Projects:0:Pcode=1", $"--Projects:0:Tokens:0:Secret={_token}", "--Projects:0:Tokens:0:Scopes=ingest,read,admin",
        $"--Projects:0:AccessKeys:0:Id={AccessKey}", $"--Projects:0:AccessKeys:0:Secret={_secret}",
    ];

    /// <summary>Where the twin listens.</summary>
    public Uri? Address
    {
        get => _http.BaseAddress;
        set => _http.BaseAddress = value;
    }

    /// <summary>The first requests that were refused, with their status. None is, unless the requests are wrong.</summary>
    public IReadOnlyCollection<string> Refused => _refused;

    /// <summary>Pushes a batch in each form, in JSON, and in each other protocol.</summary>
    public async Task PushAsync()
    {
        foreach ((string contentType, byte[] body) in _pushes)
        {
            await SendAsync(new HttpRequestMessage(HttpMethod.Post, "/ingest/v1/batch")
            {
                Content = new ByteArrayContent(body) { Headers = { { "Content-Type", contentType } } },
            });
        }

        DateTimeOffset now = _clock.GetUtcNow();
        foreach ((string path, string body) in WarmUpExports.All(now))
        {
            await SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") });
        }

        string line = string.Create(CultureInfo.InvariantCulture, $"thread,oname={WarmUpBatch.Agent} count=4i {now.ToUnixTimeMilliseconds()}");
        foreach (string target in (IReadOnlyList<string>)["/write?precision=ms", "/api/v2/write?precision=ms"])
        {
            await SendAsync(new HttpRequestMessage(HttpMethod.Post, target) { Content = new StringContent(line) });
        }
    }

    /// <summary>Sends a query to each endpoint.</summary>
    public async Task QueryAsync()
    {
        DateTimeOffset now = _clock.GetUtcNow();
        DateTimeOffset to = new(now.AddDays(1).Date, TimeSpan.Zero);
        long start = to.AddDays(-1).ToUnixTimeMilliseconds();
        long end = to.ToUnixTimeMilliseconds();
        string range = string.Create(CultureInfo.InvariantCulture, $"{start}/{end}");
        string day = now.ToString("d/M/yyyy", CultureInfo.InvariantCulture);
        string oid = AgentIdentity.OidOf(Encoding.UTF8.GetBytes(WarmUpBatch.Agent)).ToString(CultureInfo.InvariantCulture);
        string host = WarmUpBatch.TextOf(Kind.Httpc, "host");
        string key = WarmUpBatch.TextOf(Kind.Transaction, "api_key");
        string oauth = WarmUpBatch.TextOf(Kind.Transaction, "oauth_id");
        string transactions = string.Create(CultureInfo.InvariantCulture, $"kind=transaction&from={start}&to={end}");
        foreach (string target in (IReadOnlyList<string>)
        [
            $"/open/api/json/transaction/{range}", $"/open/api/json/sql/{range}", $"/open/api/json/httpc/{range}",
            $"/open/api/json/httpc/{range}/filter/host/{host}/port/1", $"/open/api/json/exception/{range}", $"/open/api/json/remote/{range}",
            $"/open/api/json/thread_count/{range}", $"/open/api/json/thread_count/{range}/{oid}", $"/open/api/json/thread_count/{range}/avg",
            $"/api/activity/keys/endpoint/{key}/{day}/{day}", $"/api/activity/oauthid/endpoint/{oauth}/{day}/{day}",
            "/api/v1.0/alert-history", "/api/v1.0/alert-history?source=source", $"/api/v1.0/alert-history/{WarmUpBatch.AlertId(0)}",
            "/api/v1.0/alert-history/stats/severity", "/api/v1.0/alert-history/stats/source", "/api/v1.0/alert-history/stats/timeline",
            "/api/v1/agents", "/api/v1/schema", "/api/v1/rules", "/api/v1/alerts", "/api/v1/silences", "/api/v1/receivers",
            $"/api/v1/aggregate?{transactions}&measures=count,avg(elapsed),p95(elapsed)&by=service&window=1m&order=-count&limit=10",
            $"/api/v1/aggregate?{transactions}&measures=count,avg(elapsed),min(elapsed),max(elapsed)&by=service&window=1h&order=-count&limit=10",
            $"/api/v1/aggregate?{transactions}&measures=count,max(elapsed)&where=method~:thod-1&by=method",
            $"/api/v1/heatmap?{transactions}", $"/api/v1/samples?{transactions}&limit=10", "/api/v1/stream?kind=transaction",
            "/metrics", "/readyz", "/healthz", "/ping", "/health", "/ready",
        ])
        {
            await SendAsync(new HttpRequestMessage(HttpMethod.Get, target));
        }

        await SearchEventsAsync(now);
    }

    public void Dispose() => _http.Dispose();

    private Task SearchEventsAsync(DateTimeOffset now)
    {
        string day = now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string timestamp = now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = Encoding.UTF8.GetBytes($"POST {Events}\n{timestamp}\n{AccessKey}");
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, Events)
        {
            Content = new StringContent($$"""{"timeZone":"Z","from":"{{day}}","to":"{{day}}"}""", Encoding.UTF8, "application/json"),
            Headers =
            {
                { "x-ncp-apigw-timestamp", timestamp },
                { "x-ncp-iam-access-key", AccessKey },
                { "x-ncp-apigw-signature-v2", Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(_secret), signed)) },
            },
        });
    }

    private async Task SendAsync(HttpRequestMessage request)
    {
        string target = request.RequestUri!.OriginalString;
        request.Headers.TryAddWithoutValidation("Authorization", target.StartsWith("/api/activity", StringComparison.Ordinal) ? _token : $"Bearer {_token}");
        if (target.StartsWith("/open/", StringComparison.Ordinal))
        {
            request.Headers.Add("x-whatap-token", _token);
            request.Headers.Add("x-whatap-pcode", "1");
        }

        // A stream has no end to wait for.
        bool isStream = target.StartsWith("/api/v1/stream", StringComparison.Ordinal);
        using HttpResponseMessage response = await _http.SendAsync(
            request, isStream ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead);
        if (!response.IsSuccessStatusCode && _refused.Count < MaxRefused)
        {
            _refused.Enqueue($"{request.Method} {target}: {(int)response.StatusCode}");
        }
    }
}
