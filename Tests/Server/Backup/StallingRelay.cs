using Microsoft.AspNetCore.Http;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Server.Backup;

/// <summary>Passes on what a server responds until a block has begun, and then nothing more until the client leaves.</summary>
internal sealed class StallingRelay : Relay
{
    private static readonly byte[] _block = "TSBLOCK\n"u8.ToArray();

    private readonly Uri _server;
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StallingRelay(Uri server) => _server = server;

    /// <summary>Completes when the client has read all that it gets.</summary>
    public Task HasStalled => _stalled.Task;

    public static async Task<StallingRelay> StartAsync(Uri server)
    {
        StallingRelay relay = new(server);
        await relay.ListenAsync();
        return relay;
    }

    protected override async Task RelayAsync(HttpContext context)
    {
        using HttpRequestMessage request = new(HttpMethod.Parse(context.Request.Method), new Uri(_server, context.Request.Path));
        request.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToString());
        using HttpResponseMessage response = await Http.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        context.Response.StatusCode = (int)response.StatusCode;
        await context.Response.Body.WriteAsync(body.AsMemory(0, body.AsSpan().IndexOf(_block) + _block.Length), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        _stalled.SetResult();
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
