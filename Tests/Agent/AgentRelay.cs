using Microsoft.AspNetCore.Http;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Agent;

/// <summary>Stands between an agent and a server: refuses batches while there is no server, and then loses the first response.</summary>
internal sealed class AgentRelay : Relay
{
    private int _refused;
    private int _lost;

    private AgentRelay()
    {
    }

    /// <summary>The server; null while it is away.</summary>
    public Uri? Target { get; set; }

    public int Refused => Volatile.Read(ref _refused);

    public int Lost => Volatile.Read(ref _lost);

    public static async Task<AgentRelay> StartAsync()
    {
        AgentRelay relay = new();
        await relay.ListenAsync();
        return relay;
    }

    protected override async Task RelayAsync(HttpContext context)
    {
        if (Target is not { } target)
        {
            Interlocked.Increment(ref _refused);
            context.Abort();
            return;
        }

        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(target, context.Request.Path)) { Content = new StreamContent(context.Request.Body) };
        request.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToString());
        request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", context.Request.Headers.ContentEncoding.ToString());
        using HttpResponseMessage response = await Http.SendAsync(request);
        if (Interlocked.CompareExchange(ref _lost, 1, 0) == 0)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)response.StatusCode;
        await context.Response.WriteAsync(await response.Content.ReadAsStringAsync());
    }
}
