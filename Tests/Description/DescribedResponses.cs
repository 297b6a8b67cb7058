using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Description;

/// <summary>
/// A handler of the tests' clients: every response that comes through must be one
/// that the OpenAPI document describes, errors too. A field, a status or a media type
/// that it does not know fails the test.
/// </summary>
internal sealed class DescribedResponses : DelegatingHandler
{
    // Bodies beyond it repeat what is in the first records; parsing them again would take longer than the tests themselves.
    private const int LongestBody = 4 << 20;

    public DescribedResponses(HttpMessageHandler inner)
        : base(inner)
    {
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);

        // What the server refuses before it is a request (a NUL in the path) has neither type nor body.
        bool isRequest = response.StatusCode != HttpStatusCode.BadRequest || response.Content.Headers.ContentType is not null;
        if (request.Method == HttpMethod.Head || response.Content.Headers.ContentEncoding.Count > 0 || !isRequest)
        {
            return response;
        }

        // A stream has no end to wait for.
        bool isStream = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        if (!isStream)
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken);
        }

        string text = isStream ? "" : response.Content.Headers.ContentType?.MediaType == "application/msgpack"
            ? JsonSerializer.Serialize(MessagePackReading.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken)))
            : await response.Content.ReadAsStringAsync(cancellationToken);
        if (text.Length <= LongestBody)
        {
            // Dot segments and the like mean what they mean everywhere.
            Uri uri = new(request.RequestUri!.OriginalString);
            Assert.That(
                DescribedApi.OfServer.Faults(request.Method.Method, uri, (int)response.StatusCode, response.Headers,
                    response.Content.Headers.ContentType, () => text), Is.Empty,
                "The OpenAPI document does not describe this response.");
        }

        return response;
    }
}
