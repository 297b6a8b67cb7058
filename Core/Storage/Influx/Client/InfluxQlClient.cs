using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TimeSeries.Core.Storage.Influx.Configuration;

namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>
/// Sends InfluxQL to <c>POST /query</c>, which all versions of InfluxDB have. Responses stream. A response that is not whole is an
/// <see cref="InfluxQueryException"/>. Thread safe.
/// </summary>
internal sealed class InfluxQlClient
{
    // Rows of one JSON object of a response: objects of about 1 MB.
    private const string ChunkRows = "10000";

    // How much of an error's body is read.
    private const int MaxErrorBytes = 4_096;

    private static readonly MediaTypeWithQualityHeaderValue _json = new("application/json");

    private readonly HttpMessageInvoker _http;
    private readonly InfluxOptions _options;
    private readonly TimeProvider _clock;
    private readonly Uri _address;

    /// <param name="http">Sends requests; see <see cref="MakeInvoker"/>. Stays the caller's.</param>
    /// <param name="options">Where the samples are, and how to get in.</param>
    /// <param name="clock">For time-outs.</param>
    public InfluxQlClient(HttpMessageInvoker http, InfluxOptions options, TimeProvider clock)
    {
        _http = http;
        _options = options;
        _clock = clock;
        _address = new Uri(options.BaseAddress, "query");
    }

    /// <summary>The clock of its time-outs.</summary>
    public TimeProvider Clock => _clock;

    /// <summary>What sends requests: pooled connections, no decompression, nothing buffered, no redirects.</summary>
    public static HttpMessageInvoker MakeInvoker() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,

        // Compression costs InfluxDB more time than the response: 4.4 s instead of 2.5 s for a million short rows, 12.8 s instead of 5.1 s for long ones.
        AutomaticDecompression = DecompressionMethods.None,

        // A cluster behind a balancer changes; connections follow it.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
    });

    /// <summary>Sends a statement; its rows come from <see cref="InfluxResponse.ReadAsync"/> into <paramref name="rows"/>.</summary>
    /// <exception cref="InfluxQueryException">InfluxDB refuses, or can't be reached.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async ValueTask<InfluxResponse> QueryAsync(InfluxStatement statement, InfluxRows rows, CancellationToken cancellationToken)
    {
        InactivityTimeout timeout = new(_options.Timeout, _clock, cancellationToken);
        try
        {
            HttpResponseMessage response = await SendAsync(statement, timeout).ConfigureAwait(false);
            Stream body = await response.Content.ReadAsStreamAsync(timeout.Token).ConfigureAwait(false);
            return new InfluxResponse(response, body, rows, timeout);
        }
        catch (Exception fault) when (fault is OperationCanceledException or HttpRequestException or IOException)
        {
            Exception explained = timeout.Explain(fault);
            timeout.Dispose();
            throw explained;
        }
        catch (InfluxQueryException)
        {
            timeout.Dispose();
            throw;
        }
    }

    /// <summary>Sends a statement and hands out the number of each row while it is in <paramref name="rows"/>. For short responses.</summary>
    /// <exception cref="InfluxQueryException">InfluxDB gave no whole response.</exception>
    public async ValueTask ForEachAsync(InfluxStatement statement, InfluxRows rows, Action<int> take, CancellationToken cancellationToken)
    {
        await using InfluxResponse response = await QueryAsync(statement, rows, cancellationToken).ConfigureAwait(false);
        while (await response.ReadAsync().ConfigureAwait(false))
        {
            for (int row = 0; row < rows.RowCount; row++)
            {
                take(row);
            }
        }
    }

    private async ValueTask<HttpResponseMessage> SendAsync(InfluxStatement statement, InactivityTimeout timeout)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(MakeRequest(statement), timeout.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException)
        {
            // A connection kept alive may have been closed by a server that was restarted. A query changes nothing, so it may be sent again.
            response = await _http.SendAsync(MakeRequest(statement), timeout.Token).ConfigureAwait(false);
        }

        if (response.StatusCode == HttpStatusCode.OK && response.Content.Headers.ContentType?.MediaType == _json.MediaType)
        {
            return response;
        }

        using (response)
        {
            throw await ExplainAsync(response, timeout.Token).ConfigureAwait(false);
        }
    }

    private HttpRequestMessage MakeRequest(InfluxStatement statement)
    {
        List<KeyValuePair<string, string>> form =
        [
            new("db", _options.Database), new("epoch", "ns"), new("q", statement.Text), new("params", ParametersOf(statement)),
            new("chunked", "true"), new("chunk_size", ChunkRows),
        ];
        if (_options.RetentionPolicy.Length > 0)
        {
            form.Add(new("rp", _options.RetentionPolicy));
        }

        HttpRequestMessage request = new(HttpMethod.Post, _address) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Accept.Add(_json);
        request.Headers.Authorization = _options.ReadCredentials.ToHeader();
        return request;
    }

    private static string ParametersOf(InfluxStatement statement)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            foreach (InfluxParameter parameter in statement.Parameters)
            {
                json.WriteString(parameter.Name, parameter.Value);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static async ValueTask<InfluxQueryException> ExplainAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        int status = (int)response.StatusCode;
        InfluxQueryFailure failure = status switch
        {
            401 or 403 => InfluxQueryFailure.Unauthorized,
            404 => InfluxQueryFailure.NotFound,
            408 or 429 or 503 => InfluxQueryFailure.Busy,
            >= 400 and < 500 => InfluxQueryFailure.Refused,
            >= 500 => InfluxQueryFailure.ServerError,
            _ => InfluxQueryFailure.Malformed,
        };
        string said = await ReadStartAsync(response, cancellationToken).ConfigureAwait(false);
        return new InfluxQueryException(failure, string.Create(CultureInfo.InvariantCulture, $"InfluxDB responded to a query with status {status}: {said}"));
    }

    private static async ValueTask<string> ReadStartAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        byte[] start = new byte[MaxErrorBytes];
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        int read = await body.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(start, 0, read).Trim();
    }
}
