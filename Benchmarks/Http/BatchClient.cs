using System.Net.Http.Headers;

namespace TimeSeries.Benchmarks.Http;

/// <summary>Pushes batches by <see cref="HttpClient"/>; a request is the body alone. Used by one thread.</summary>
internal sealed class BatchClient : IBatchConnection, IDisposable
{
    private readonly HttpClient _http = BlockingHttp.CreateClient(HttpConnection.Timeout);
    private readonly string _address;
    private readonly MediaTypeHeaderValue _contentType;
    private byte[] _response = [];

    public BatchClient(ServerAddress address, string token, string contentType)
    {
        _address = address.ToString();
        _contentType = new MediaTypeHeaderValue(contentType);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));

        // A server that refuses a body by its size answers before it is sent; else the connection would break, and nobody knew why.
        _http.DefaultRequestHeaders.ExpectContinue = true;
    }

    public ReadOnlySpan<byte> ResponseBody => _response;

    /// <summary>Returns when the server answers, whatever it says.</summary>
    /// <exception cref="HttpRequestException">The server can't be reached.</exception>
    public void Open() => _http.Get(_address, out _);

    public HttpResponseHead Exchange(ReadOnlySpan<byte> request)
    {
        ByteArrayContent content = new(request.ToArray());
        content.Headers.ContentType = _contentType;
        return _http.Exchange(new HttpRequestMessage(HttpMethod.Post, _address) { Content = content }, out _response);
    }

    public void Dispose() => _http.Dispose();
}
