using System.Text;
using System.Text.Json.Nodes;

namespace TimeSeries.Tests.Server.Probe;

/// <summary>A proxy that changes what is pushed on its way, the same each time.</summary>
internal sealed class ChangingHandler(Action<JsonObject> change) : DelegatingHandler(new SocketsHttpHandler())
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.AbsolutePath.EndsWith("/batch", StringComparison.Ordinal))
        {
            JsonObject batch = JsonNode.Parse(await request.Content!.ReadAsByteArrayAsync(cancellationToken))!.AsObject();
            change(batch);
            request.Content = new StringContent(batch.ToJsonString(), Encoding.UTF8, "application/json");
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
