using System.Net.Http.Headers;

namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>
/// Makes the requests of InfluxDB.Client fit every version of InfluxDB: credentials of any kind in a header, and <c>/write</c> in place of <c>/api/v2/write</c>
/// where that is configured. Keeps only the start of a response's body, since InfluxDB.Client reads bodies whole. Thread safe.
/// </summary>
internal sealed class InfluxRequestHandler(Uri? writeAddress, AuthenticationHeaderValue? authorization, int maxBodyBytes, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    private const string WritePath = "/api/v2/write";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = authorization;
        if (writeAddress is not null && request.RequestUri!.AbsolutePath.EndsWith(WritePath, StringComparison.Ordinal))
        {
            request.RequestUri = writeAddress;
        }

        HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        using HttpContent whole = response.Content;
        try
        {
            // The new content has no headers: a reader would fail on a charset that it does not know.
            response.Content = await ReadStartAsync(whole, cancellationToken).ConfigureAwait(false);
            return response;
        }
        catch (InvalidDataException fault)
        {
            response.Dispose();
            throw new HttpRequestException(HttpRequestError.InvalidResponse, "The response's body isn't compressed as its header says.", fault);
        }
    }

    private async Task<ByteArrayContent> ReadStartAsync(HttpContent whole, CancellationToken cancellationToken)
    {
        using Stream stream = await whole.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] start = new byte[maxBodyBytes];
        int length = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return new ByteArrayContent(start, 0, length);
    }
}
