using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TimeSeries.Tests.Support.Influx;

/// <summary>
/// Stands in for an InfluxDB that can't be had here, on a port of its own: takes and refuses writes as that product does. It keeps points, so that a test can
/// see what would be stored. It reads no InfluxQL: <c>/query</c> checks who asks and how, and responds with what a test wrote down.
/// </summary>
internal sealed class FakeInflux : IAsyncDisposable
{
    public const string Token = "token-of-the-fake";
    public const string Organisation = "org";
    public const string OrganisationId = "00000000000000ff";
    public const string Database = "apm";

    private const int MaxBodyBytes = 10 << 20;

    private static readonly string[] _acceptable = ["application/json", "application/csv", "text/csv", "application/x-msgpack", "*/*"];

    private readonly FakeProduct _product;
    private readonly WebApplication _app;

    // Guards _database.
    private readonly Lock _lock = new();
    private readonly FakeDatabase _database = new();
    private int _writeCount;

    private FakeInflux(FakeProduct product)
    {
        _product = product;
        Version = product == FakeProduct.Version3 ? "3.1.0" : "v2.7.11";
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(options => options.Limits.MaxRequestBodySize = null);
        _app = builder.Build();
        _app.MapMethods("/ping", ["GET", "HEAD"], (Delegate)Ping);
        _app.MapPost("/write", (Delegate)((HttpContext context) => WriteAsync(context, "db")));
        _app.MapPost("/api/v2/write", (Delegate)((HttpContext context) => WriteAsync(context, "bucket")));
        _app.MapMethods("/query", ["GET", "POST"], (Delegate)QueryAsync);
        if (product != FakeProduct.Version3)
        {
            _app.MapGet("/api/v2/buckets", (Delegate)FindBucketsAsync);
            _app.MapGet("/api/v2/dbrps", (Delegate)FindMappings);
        }
    }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>The version that pings show; null for none.</summary>
    public string? Version { get; set; }

    /// <summary>Responses to the next writes, one each, before any is taken.</summary>
    public ConcurrentQueue<FakeRefusal> Refusals { get; } = [];

    /// <summary>How many of the next writes get 204 and are lost, as InfluxDB 1.x loses some of those that wake a shard.</summary>
    public int Forgettable { get; set; }

    /// <summary>The largest body of a write as sent.</summary>
    public int BodyLimit { get; set; } = MaxBodyBytes;

    /// <summary>Body of the responses to queries.</summary>
    public string QueryResponse { get; set; } = """{"results":[{"statement_id":0}]}""";

    /// <summary>The buckets of 2.x.</summary>
    public List<FakeBucket> Buckets { get; } = [new FakeBucket("000000000000000a", Database, 0)];

    /// <summary>What leads InfluxQL to a bucket in 2.x: at first a mapping of the database as its default.</summary>
    public List<FakeMapping> Mappings { get; } = [new FakeMapping("000000000000000a", Database, "autogen", IsDefault: true)];

    /// <summary>What responds to requests for the list of buckets; null for the stand-in's own list.</summary>
    public Func<HttpContext, Task<IResult>>? BucketResponse { get; set; }

    /// <summary>Statements that came.</summary>
    public ConcurrentQueue<string> Queries { get; } = [];

    /// <summary>Writes that came, refused ones too.</summary>
    public int WriteCount => _writeCount;

    public static async Task<FakeInflux> StartAsync(FakeProduct product)
    {
        FakeInflux server = new(product);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>What is stored, series and time first.</summary>
    public IReadOnlyDictionary<(string Series, long Time), Dictionary<string, FieldValue>> Points()
    {
        lock (_lock)
        {
            return new Dictionary<(string, long), Dictionary<string, FieldValue>>(_database.Points);
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    // 3.x asks for the token here too by default.
    private IResult Ping(HttpContext context)
    {
        if (Version is { } version)
        {
            context.Response.Headers["X-Influxdb-Version"] = version;
        }

        return _product == FakeProduct.Version3 && !HasToken(context) ? Unauthorized() : Results.NoContent();
    }

    private async Task<IResult> WriteAsync(HttpContext context, string nameKey)
    {
        Interlocked.Increment(ref _writeCount);
        if (!HasToken(context))
        {
            return Unauthorized();
        }

        if (Refusals.TryDequeue(out FakeRefusal? refusal))
        {
            if (refusal.RetryAfter is { } later)
            {
                context.Response.Headers.RetryAfter = later;
            }

            return Refuse(refusal.Status, "too many requests", "try again later");
        }

        using MemoryStream sent = new();
        await context.Request.Body.CopyToAsync(sent);
        return sent.Length > BodyLimit ? Refuse(413, "request too large", "the body is too large")
            : BadAddress(context.Request.Query, nameKey) ?? Take(BodyOf(context, sent));
    }

    private IResult? BadAddress(IQueryCollection query, string nameKey)
    {
        string precision = query["precision"].ToString();
        bool isNanoseconds = precision is "" or "ns" || (nameKey == "db" && precision is "n");
        if (!isNanoseconds)
        {
            return Refuse(400, "invalid", $"the stand-in takes times in nanoseconds only, not '{precision}'");
        }

        if (nameKey == "bucket" && _product != FakeProduct.Version3 && query["org"] != Organisation)
        {
            return Refuse(404, "not found", $"organization name \"{query["org"]}\" not found");
        }

        return query[nameKey] == Database ? null : Refuse(404, "not found", $"bucket \"{query[nameKey]}\" not found");
    }

    private static string BodyOf(HttpContext context, MemoryStream sent)
    {
        sent.Position = 0;
        using Stream plain = context.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(sent, CompressionMode.Decompress) : sent;
        using MemoryStream bytes = new();
        plain.CopyTo(bytes);
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private IResult Take(string body)
    {
        lock (_lock)
        {
            if (Forgettable > 0)
            {
                Forgettable--;
                return Results.NoContent();
            }

            List<ParsedLine> lines = LineParser.Parse(body);
            return _product == FakeProduct.Version3 ? TakeByLine(lines) : TakeWhole(lines);
        }
    }

    private IResult TakeWhole(List<ParsedLine> lines)
    {
        if (lines.Find(line => line.Error is not null) is { } bad)
        {
            return Refuse(400, "invalid", $"unable to parse '{bad.Text}': {bad.Error}");
        }

        string? conflict = null;
        int dropped = 0;
        foreach (ParsedLine line in lines)
        {
            if (_database.Conflict(line, tagsAreFixed: false) is { } reason)
            {
                conflict ??= reason;
                dropped++;
            }
            else
            {
                _database.Store(line, now: 0);
            }
        }

        return conflict is null
            ? Results.NoContent()
            : Refuse(422, "unprocessable entity", $"failure writing points to database: partial write: {conflict} dropped={dropped}");
    }

    private IResult TakeByLine(List<ParsedLine> lines)
    {
        List<object> refused = [];
        foreach (ParsedLine line in lines)
        {
            if ((line.Error ?? _database.Conflict(line, tagsAreFixed: true)) is { } reason)
            {
                refused.Add(new { error_message = reason, line_number = line.Number, original_line = line.Text });
            }
            else
            {
                _database.Store(line, now: 0);
            }
        }

        return refused.Count == 0 ? Results.NoContent()
            : Results.Json(new { error = "partial write of line protocol occurred", data = refused }, statusCode: 400);
    }

    private async Task<IResult> QueryAsync(HttpContext context)
    {
        if (!HasToken(context))
        {
            return Unauthorized();
        }

        string accept = context.Request.Headers.Accept.ToString();
        if (_product == FakeProduct.Version3 && !_acceptable.Contains(accept))
        {
            return Refuse(400, "invalid", $"invalid mime type ({accept})");
        }

        IFormCollection? form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync() : null;
        string statement = form?["q"].ToString() is { Length: > 0 } found ? found : context.Request.Query["q"].ToString();
        if (statement.Length == 0)
        {
            return Refuse(400, "invalid", "missing required parameter \"q\"");
        }

        Queries.Enqueue(statement);
        return Results.Text(QueryResponse, "application/json");
    }

    // As 2.x: an unknown name is an error, not an empty list.
    private async Task<IResult> FindBucketsAsync(HttpContext context)
    {
        if (BucketResponse is { } response)
        {
            return await response(context);
        }

        (string name, string id, string org) = (context.Request.Query["name"].ToString(), context.Request.Query["id"].ToString(),
            context.Request.Query["org"].ToString());
        if (!HasToken(context))
        {
            return Unauthorized();
        }

        if (org.Length > 0 && org != Organisation)
        {
            return Refuse(404, "not found", $"organization name \"{org}\" not found");
        }

        FakeBucket[] found = [.. Buckets.Where(bucket => (name.Length == 0 || bucket.Name == name) && (id.Length == 0 || bucket.Id == id))];
        return found.Length == 0 ? Refuse(404, "not found", $"bucket \"{name}{id}\" not found") : Results.Json(new
        {
            links = new { self = "/api/v2/buckets?descending=false&limit=20&offset=0" },
            buckets = found.Select(bucket => new
            {
                bucket.Id,
                orgID = OrganisationId,
                type = "user",
                bucket.Name,
                retentionRules = new[] { new { type = "expire", everySeconds = bucket.RetentionSeconds, shardGroupDurationSeconds = 604_800 } },
                createdAt = "2024-03-10T10:00:00.000000000Z",
                updatedAt = "2024-03-10T10:00:00.000000000Z",
                links = new { self = $"/api/v2/buckets/{bucket.Id}" },
                labels = Array.Empty<string>(),
            }),
        });
    }

    private IResult FindMappings(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        return !HasToken(context) ? Unauthorized()
            : query["orgID"] != OrganisationId && query["org"] != Organisation ? Refuse(400, "invalid", "invalid OrgID, must provide either orgID or org")
            : Results.Json(new
            {
                content = Mappings.Where(mapping => mapping.Database == query["db"]).Select(mapping => new Dictionary<string, object>
                {
                    ["id"] = "00000000000000dd",
                    ["database"] = mapping.Database,
                    ["retention_policy"] = mapping.RetentionPolicy,
                    ["default"] = mapping.IsDefault,
                    ["virtual"] = false,
                    ["orgID"] = OrganisationId,
                    ["bucketID"] = mapping.BucketId,
                }),
            });
    }

    private bool HasToken(HttpContext context) => context.Request.Headers.Authorization.ToString() is { } sent
        && (sent == $"Token {Token}" || (_product == FakeProduct.Version3 && sent == $"Bearer {Token}"));

    private static IResult Unauthorized() => Refuse(401, "unauthorized", "unauthorized access");

    private static IResult Refuse(int status, string code, string message) => Results.Json(new { code, message }, statusCode: status);
}
