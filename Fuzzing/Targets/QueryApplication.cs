using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Running;
using TimeSeries.Query;

namespace TimeSeries.Fuzzing.Targets;

/// <summary>The endpoints of the Query host over a store in memory, called without a connection. Used by one thread.</summary>
internal sealed class QueryApplication : IDisposable
{
    /// <summary>Where events are searched for.</summary>
    public const string SearchPath = "/dashboards/events/search";

    private const string Token = "reads-the-project";
    private const string Key = "ACCESSKEYEXAMPLE";
    private const string Secret = "SECRETKEYEXAMPLE";

    private readonly CallableServer _server = new();
    private readonly WebApplication _app;

    public QueryApplication()
    {
        WebApplicationBuilder builder = HostSetup.CreateBuilder(
            ["--Metrics:AllowAnonymous=true", "--AlertHistory:AllowAnonymous=true"], program: typeof(QueryHost).Assembly);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(new MomentClock());
        builder.Services.AddSingleton<ISampleReader>(MakeStore());
        builder.Services.AddSingleton<IFileSystem>(new MemoryFileSystem());
        builder.Services.AddSingleton(new ProjectDirectory(
        [
            new ProjectOptions
            {
                Pcode = BuiltBatch.Pcode,
                Tokens = [new TokenOptions { Secret = Token, Scopes = Scopes.Ingest | Scopes.Read | Scopes.Admin }],
                AccessKeys = [new AccessKeyOptions { Id = Key, Secret = Secret }],
            },
        ],
            false));
        builder.Services.AddTimeSeriesQuery(builder.Configuration);
        builder.Services.AddSingleton<IServer>(_server);
        _app = builder.Build();
        _app.UseHostDefaults();
        _app.UseTimeSeriesQuery();
        _app.MapHostDefaults();
        _app.MapTimeSeriesQuery();
        _app.StartAsync().GetAwaiter().GetResult();
    }

    /// <summary>The host's services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Sends a request with the credentials of each family.</summary>
    /// <param name="target">Path and query as they stand in the request.</param>
    /// <param name="body">The body of a POST; null for a GET.</param>
    public (int Status, string Type, byte[] Body) Send(string target, byte[]? body)
    {
        int query = target.IndexOf('?', StringComparison.Ordinal);
        string path = query < 0 ? target : target[..query];
        HttpRequestFeature request = new()
        {
            Method = body is null ? "GET" : "POST",
            Path = Uri.UnescapeDataString(path),
            QueryString = query < 0 ? "" : target[query..],
            RawTarget = target,
            Scheme = "http",
            Protocol = "HTTP/1.1",
            Body = new MemoryStream(body ?? []),
        };
        request.Headers.Host = "localhost";
        request.Headers.Authorization = path.StartsWith("/api/activity", StringComparison.OrdinalIgnoreCase) ? Token : "Bearer " + Token;
        request.Headers["x-whatap-token"] = Token;
        request.Headers["x-whatap-pcode"] = BuiltBatch.Pcode.ToString(CultureInfo.InvariantCulture);
        Sign(request, target);
        request.Headers.ContentLength = body?.Length;
        MemoryStream sent = new();
        HttpResponseFeature response = new();
        FeatureCollection features = new();
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(sent));
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = IPAddress.Loopback, LocalIpAddress = IPAddress.Loopback });
        features.Set<IHttpRequestBodyDetectionFeature>(new BodyDetection(body is not null));
        _server.Call(features).GetAwaiter().GetResult();
        return (response.StatusCode, response.Headers.ContentType.ToString(), response.Headers.ContentEncoding.Count == 0 ? sent.ToArray() : []);
    }

    public void Dispose()
    {
        _app.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _server.Dispose();
    }

    private static void Sign(HttpRequestFeature request, string target)
    {
        string time = BuiltBatch.Now.ToString(CultureInfo.InvariantCulture);
        byte[] signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{request.Method} {target}\n{time}\n{Key}"));
        request.Headers["x-ncp-apigw-timestamp"] = time;
        request.Headers["x-ncp-iam-access-key"] = Key;
        request.Headers["x-ncp-apigw-signature-v2"] = Convert.ToBase64String(signature);
    }

    private static EmbeddedStore MakeStore()
    {
        EmbeddedStore store = EmbeddedStore.Open(
            new MemoryFileSystem(), "/data", 1, new EmbeddedStoreOptions { ScanParallelism = 1 }, _ => 1_200_000, TimeProvider.System, new CoreInstruments(),
            NullLogger.Instance);
        SeedSamples.WriteInto(store);
        return store;
    }

    private sealed class MomentClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(BuiltBatch.Now);
    }

    private sealed class BodyDetection(bool canHaveBody) : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => canHaveBody;
    }
}
