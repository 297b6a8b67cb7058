using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;
using InfluxDB.Client;
using InfluxDB.Client.Api.Client;
using InfluxDB.Client.Api.Domain;
using InfluxDB.Client.Api.Service;
using RestSharp;

namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>
/// InfluxDB.Client for one account, over an <see cref="HttpClient"/> of our own: pooled connections, no redirects, the credentials in a header and nowhere
/// else. Uses the client's services, which return status, headers and body. Its upper layer throws instead, fails on a <c>Retry-After</c> that is a date,
/// and hides who cancelled.
/// A request without a response throws what <see cref="HttpClient"/> throws. Thread safe.
/// </summary>
internal sealed class InfluxConnection : IDisposable
{
    // So that a load balancer's changes are seen.
    private static readonly TimeSpan _connectionLifetime = TimeSpan.FromMinutes(5);

    private readonly string _organization;
    private readonly string _database;
    private readonly string _bucket;
    private readonly Uri _queryAddress;
    private readonly HttpClient _http;
    private readonly InfluxDBClient _client;
    private readonly WriteService _writes;
    private readonly PingService _pings;
    private readonly BucketsService _buckets;
    private readonly DBRPsService _mappings;

    /// <param name="server">Address of the server, ending in a slash; a path in it is that of a proxy.</param>
    /// <param name="organization">The organization that <c>/api/v2/write</c> needs; empty to write to <c>/write</c>.</param>
    /// <param name="database">The database or bucket.</param>
    /// <param name="retentionPolicy">Its retention policy; empty for the default one.</param>
    /// <param name="account">The header <c>Authorization</c>; null for none.</param>
    /// <param name="maxBodyBytes">How much of a response's body is read.</param>
    [SuppressMessage("Reliability", "CA2000", Justification = "The HTTP client disposes its handlers.")]
    public InfluxConnection(Uri server, string organization, string database, string retentionPolicy, AuthenticationHeaderValue? account, int maxBodyBytes)
    {
        _organization = organization;
        _database = database;
        _queryAddress = new Uri(server, "query");
        _bucket = retentionPolicy.Length > 0 ? $"{database}/{retentionPolicy}" : database;
        SocketsHttpHandler sockets = new()
        {
            PooledConnectionLifetime = _connectionLifetime,
            AutomaticDecompression = DecompressionMethods.GZip,
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        Uri? writeAddress = organization.Length > 0 ? null : WriteAddress(server, database, retentionPolicy);

        // Every request has a token of its caller's that ends it.
        _http = new HttpClient(new InfluxRequestHandler(writeAddress, account, maxBodyBytes, sockets)) { Timeout = Timeout.InfiniteTimeSpan };
        _client = new InfluxDBClient(InfluxDBClientOptions.Builder.CreateNew()
            .Url(server.AbsoluteUri.TrimEnd('/')).TimeOut(Timeout.InfiniteTimeSpan).SetHttpClient(_http).Build());
        _writes = Service<WriteService>();
        _pings = Service<PingService>();
        _buckets = Service<BucketsService>();
        _mappings = Service<DBRPsService>();
    }

    /// <summary>Sends lines once. The array is read until the task completes.</summary>
    public async Task<RestResponse> WriteAsync(byte[] body, string? contentEncoding, CancellationToken cancellationToken) =>
        Received(await _writes.PostWriteAsyncWithIRestResponse(
            _organization, _bucket, body, contentEncoding: contentEncoding, contentType: "text/plain; charset=utf-8", accept: "application/json",
            precision: WritePrecision.Ns, cancellationToken: cancellationToken).ConfigureAwait(false));

    /// <summary>Asks whether the server is there. Any server may answer 204: only the header with the version tells that it is an InfluxDB.</summary>
    public async Task<RestResponse> PingAsync(CancellationToken cancellationToken) =>
        Received(await _pings.GetPingAsyncWithIRestResponse(cancellationToken).ConfigureAwait(false));

    /// <summary>Finds a bucket of 2.x by its id, or the configured one by its name; null where there is none that the account sees.</summary>
    public async Task<Bucket?> FindBucketAsync(string? id, CancellationToken cancellationToken)
    {
        (string? organization, string? name) = id is null ? (_organization.Length > 0 ? _organization : null, _bucket) : (null, null);
        RestResponse response = Received(await _buckets.GetBucketsAsyncWithIRestResponse(
            org: organization, name: name, id: id, cancellationToken: cancellationToken).ConfigureAwait(false));
        return Read<Buckets>(response)?._Buckets?.FirstOrDefault();
    }

    /// <summary>Lists the mappings of a database to buckets (DBRP) of 2.x; null where the account does not see them.</summary>
    public async Task<IReadOnlyList<DBRP>?> FindMappingsAsync(string organizationId, string database, CancellationToken cancellationToken)
    {
        RestResponse response = Received(await _mappings.GetDBRPsAsyncWithIRestResponse(
            orgID: organizationId, db: database, cancellationToken: cancellationToken).ConfigureAwait(false));
        return Read<DBRPs>(response)?.Content;
    }

    /// <summary>Makes the database, which only 1.x lets a client do, with a retention or without one.</summary>
    public Task<(HttpStatusCode Status, string Body)> CreateDatabaseAsync(TimeSpan? retention, CancellationToken cancellationToken)
    {
        string duration = retention is { } kept ? string.Create(CultureInfo.InvariantCulture, $" WITH DURATION {(long)kept.TotalHours}h") : "";
        return QueryAsync($"CREATE DATABASE {Identifier(_database)}{duration}", cancellationToken);
    }

    /// <summary>Lists the retention policies of the database (1.x).</summary>
    public Task<(HttpStatusCode Status, string Body)> ListPoliciesAsync(CancellationToken cancellationToken) =>
        QueryAsync($"SHOW RETENTION POLICIES ON {Identifier(_database)}", cancellationToken);

    /// <summary>Sends a statement of InfluxQL, which InfluxDB.Client does not have, for a short response.</summary>
    public async Task<(HttpStatusCode Status, string Body)> QueryAsync(string statement, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, _queryAddress);
        request.Content = new FormUrlEncodedContent([new("db", _database), new("q", statement)]);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    /// <summary>The value of a response's header; null without one.</summary>
    public static string? Header(RestResponse response, string name) =>
        response.Headers?.FirstOrDefault(header => name.Equals(header.Name, StringComparison.OrdinalIgnoreCase))?.Value;

    private static Uri WriteAddress(Uri server, string database, string retentionPolicy)
    {
        string policy = retentionPolicy.Length > 0 ? "&rp=" + Uri.EscapeDataString(retentionPolicy) : "";
        return new Uri(server, $"write?db={Uri.EscapeDataString(database)}{policy}&precision=ns");
    }

    private static string Identifier(string name)
    {
        string escaped = name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"\"{escaped.Replace("\n", "\\n", StringComparison.Ordinal)}\"";
    }

    private static RestResponse Received(RestResponse response)
    {
        if (response.StatusCode == 0)
        {
            ExceptionDispatchInfo.Throw(response.ErrorException ?? new HttpRequestException(response.ErrorMessage));
        }

        return response;
    }

    private T? Read<T>(RestResponse response)
        where T : class
    {
        try
        {
            return response.StatusCode == HttpStatusCode.OK ? (T?)_buckets.Configuration.ApiClient.Deserialize(response, typeof(T)) : null;
        }
        catch (ApiException)
        {
            // Not what InfluxDB sends, so another server or a proxy answered: as if there were nothing to see.
            return null;
        }
    }

    private T Service<T>()
        where T : IApiAccessor
    {
        T service = _client.CreateService<T>(typeof(T));
        service.ExceptionFactory = null;
        return service;
    }
}
