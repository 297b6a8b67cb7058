namespace TimeSeries.Benchmarks.Http;

/// <summary>Requests that the calling thread sends and waits for: measurements are made by threads that do nothing else meanwhile.</summary>
internal static class BlockingHttp
{
    /// <summary>A client that goes straight to the measured server: no proxy of the environment, no redirects.</summary>
    /// <param name="timeout">How long a response may take; null for the client's own 100 s.</param>
    public static HttpClient CreateClient(TimeSpan? timeout = null)
    {
        HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        http.Timeout = timeout ?? http.Timeout;
        return http;
    }

    /// <summary>Sends a request and reads its whole response.</summary>
    /// <param name="http">The client.</param>
    /// <param name="request">The request; disposed.</param>
    /// <param name="body">The body of the response.</param>
    /// <exception cref="HttpRequestException">The server can't be reached, the connection broke or the client's timeout elapsed.</exception>
    public static HttpResponseHead Exchange(this HttpClient http, HttpRequestMessage request, out byte[] body)
    {
        using HttpRequestMessage sent = request;
        try
        {
            using HttpResponseMessage response = http.Send(sent);

            // Complete at once, since Send has read it.
            body = response.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult();
            return new HttpResponseHead((int)response.StatusCode, response.Headers.RetryAfter?.Delta, response.Headers.ConnectionClose ?? false);
        }
        catch (TaskCanceledException exception) when (exception.InnerException is TimeoutException)
        {
            throw new HttpRequestException(exception.Message, exception);
        }
    }

    /// <summary>Sends a GET and reads its whole response.</summary>
    public static HttpResponseHead Get(this HttpClient http, string address, out byte[] body) =>
        http.Exchange(new HttpRequestMessage(HttpMethod.Get, address), out body);
}
