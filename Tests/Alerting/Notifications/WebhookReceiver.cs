using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TimeSeries.Tests.Alerting.Notifications;

/// <summary>An HTTP server on a free port of this machine that takes notifications, keeps them, and responds as a test says.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedWebhook> _webhooks = [];

    private WebhookReceiver()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(TakeAsync);
    }

    /// <summary>What it does with a request; by default it responds with 200.</summary>
    public Func<HttpContext, Task> Respond { get; set; } = _ => Task.CompletedTask;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>What came, the oldest first, whatever the response was.</summary>
    public ReceivedWebhook[] Webhooks => [.. _webhooks];

    public static async Task<WebhookReceiver> StartAsync()
    {
        WebhookReceiver receiver = new();
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>Has it respond with a status.</summary>
    public void RespondWith(int status) => Respond = context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        HttpRequest request = context.Request;
        _webhooks.Enqueue(new ReceivedWebhook(
            request.Method, request.Path, request.ContentType, request.Headers["X-Timestamp"], request.Headers["X-Signature-256"], body.ToArray()));
        await Respond(context);
    }
}

/// <summary>A notification as it came.</summary>
internal sealed record ReceivedWebhook(string Method, string Path, string? ContentType, string? Timestamp, string? Signature, byte[] Body)
{
    public JsonElement Json => JsonElement.Parse(Body);

    /// <summary>Its alerts in its order, as <c>host-1 firing</c>.</summary>
    public string[] Alerts => [.. Json.GetProperty("alerts").EnumerateArray()
        .Select(alert => $"{alert.GetProperty("labels").GetProperty("host").GetString()} {alert.GetProperty("status").GetString()}")];
}
