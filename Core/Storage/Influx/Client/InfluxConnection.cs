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
using TimeSeries.Core.Storage.Influx.Configuration;

namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>
/// InfluxDB.Client for one account, over an <see cref="HttpClient"/> with pooled connections, no redirects, and the credentials in a header only.
/// Uses the client's services, which return status, headers and body. Its upper layer throws instead, fails on a <c>Retry-After</c> that is a date,
/// and hides who cancelled. A request without a response throws what <see cref="HttpClient"/> throws. Thread safe.
/// </summary>
internal sealed class InfluxConnection : IDisposable
{
    /// <summary>The header that names the version.</summary>
    public const string VersionHeader = "X-Influxdb-Version";

    // So that a load balancer's changes are seen.
    private static readonly TimeSpan _connectionLifetime = TimeSpan.FromMinutes(5);

    private readonly InfluxOptions _options;
    private readonly Uri _queryAddress;
    private readonly HttpClient _http;
    private readonly InfluxDBClient _client;
    private readonly WriteService _writes;
    private readonly PingService _pings;
    private readonly BucketsService _buckets;
    private readonly DBRPsService _mappings;

    /// <param name="options">Where InfluxDB is.</param>
    /// <param name="account">The account of all requests.</param>
    /// <param name="maxBodyBytes">How much of a response's body is read.</param>
    [SuppressMessage("Reliability", "CA2000", Justification = "The HTTP client disposes its handlers.")]
    public InfluxConnection(InfluxOptions options, InfluxCredentials account, int maxBodyBytes)
    {
        _options = options;
        _queryAddress = new Uri(options.BaseAddress, "query");
        SocketsHttpHandler sockets = new()
        {
            PooledConnectionLifetime = _connectionLifetime,
            AutomaticDecompression = DecompressionMethods.GZip,
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        Uri? writeAddress = options.WriteApi == InfluxWriteApi.V2 ? null : WriteAddress(options);

        // Every request has a token of its caller's that ends it.
        _http = new HttpClient(new InfluxRequestHandler(writeAddress, account.ToHeader(), maxBodyBytes, sockets)) { Timeout = Timeout.InfiniteTimeSpan };
        _client = new InfluxDBClient(InfluxDBClientOptions.Builder.CreateNew()
            .Url(options.BaseAddress.AbsoluteUri.TrimEnd('/')).TimeOut(Timeout.InfiniteTimeSpan).SetHttpClient(_http).Build());
        _writes = Service<WriteService>();
        _pings = Service<PingService>();
        _buckets = Service<BucketsService>();
        _mappings = Service<DBRPsService>();
    }

    /// <summary>Sends lines once. The array is read until the task completes.</summary>
    public async Task<RestResponse> WriteAsync(byte[] body, string? contentEncoding, CancellationToken cancellationToken) =>
        Received(await _writes.PostWriteAsyncWithIRestResponse(
            _options.WriteOrg, _options.Bucket, body, contentEncoding: contentEncoding, contentType: "text/plain; charset=utf-8", accept: "application/json",
            precision: WritePrecision.Ns, cancellationToken: cancellationToken).ConfigureAwait(false));

    /// <summary>Pings the server. Any server may respond with 204. Only the header with the version shows that it is InfluxDB.</summary>
    public async Task<RestResponse> PingAsync(CancellationToken cancellationToken) =>
        Received(await _pings.GetPingAsyncWithIRestResponse(cancellationToken).ConfigureAwait(false));

    /// <summary>Finds a bucket of 2.x by its id, or the configured one by its name; null where there is none that the account sees.</summary>
    public async Task<Bucket?> FindBucketAsync(string? id, CancellationToken cancellationToken)
    {
        string? organization = id is null && _options.WriteApi == InfluxWriteApi.V2 ? _options.Org : null;
        string? name = id is null ? _options.Bucket : null;
        RestResponse response = Received(await _buckets.GetBucketsAsyncWithIRestResponse(
            org: organization, name: name, id: id, cancellationToken: cancellationToken).ConfigureAwait(false));
        return Read<Buckets>(response)?._Buckets?.FirstOrDefault();
    }

    /// <summary>Lists the mappings of the database to buckets (DBRP) of 2.x; null where the account does not see them.</summary>
    public async Task<IReadOnlyList<DBRP>?> FindMappingsAsync(string organizationId, CancellationToken cancellationToken)
    {
        RestResponse response = Received(await _mappings.GetDBRPsAsyncWithIRestResponse(
            orgID: organizationId, db: _options.Database, cancellationToken: cancellationToken).ConfigureAwait(false));
        return Read<DBRPs>(response)?.Content;
    }

    /// <summary>Creates the database, with the configured retention. Only 1.x lets a client do so.</summary>
    public Task<StatementResponse> CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        string duration = _options.Retention is { } kept ? string.Create(CultureInfo.InvariantCulture, $" WITH DURATION {(long)kept.TotalHours}h") : "";
        return QueryAsync($"CREATE DATABASE {Identifier(_options.Database)}{duration}", cancellationToken);
    }

    /// <summary>Lists the retention policies of the database (1.x).</summary>
    public Task<StatementResponse> ListPoliciesAsync(CancellationToken cancellationToken) =>
        QueryAsync($"SHOW RETENTION POLICIES ON {Identifier(_options.Database)}", cancellationToken);

    /// <summary>Sends a statement of InfluxQL, which InfluxDB.Client does not have, for a short response.</summary>
    public async Task<StatementResponse> QueryAsync(string statement, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, _queryAddress);
        request.Content = new FormUrlEncodedContent([new("db", _options.Database), new("q", statement)]);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return new StatementResponse(response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    /// <summary>The value of a response's header; null without one.</summary>
    public static string? Header(RestResponse response, string name) =>
        response.Headers?.FirstOrDefault(header => name.Equals(header.Name, StringComparison.OrdinalIgnoreCase))?.Value;

    /// <summary>Whether a header, or the body of an error, shows that InfluxDB responded and not a proxy before it.</summary>
    public static bool IsFromInflux(RestResponse response) => ErrorBody.Of(response.Content ?? "").IsInflux
        || response.Headers?.Any(header =>
            header.Name.StartsWith("X-Influxdb-", StringComparison.OrdinalIgnoreCase)
            || header.Name.Equals("X-Platform-Error-Code", StringComparison.OrdinalIgnoreCase)) == true;

    private static Uri WriteAddress(InfluxOptions options)
    {
        string policy = options.RetentionPolicy.Length > 0 ? "&rp=" + Uri.EscapeDataString(options.RetentionPolicy) : "";
        return new Uri(options.BaseAddress, $"write?db={Uri.EscapeDataString(options.Database)}{policy}&precision=ns");
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
            if (response.ErrorException is HttpRequestException or IOException or OperationCanceledException)
            {
                ExceptionDispatchInfo.Throw(response.ErrorException);
            }

            // The client's layers could not read the response: for callers that is the same as none.
            throw new HttpRequestException(HttpRequestError.InvalidResponse, response.ErrorMessage, response.ErrorException);
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
            // Another server or a proxy responded, not InfluxDB: the account sees nothing.
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
