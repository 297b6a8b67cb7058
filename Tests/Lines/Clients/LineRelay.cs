using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Lines.Clients;

/// <summary>Stands between a client and the server, passes requests on, one at a time, and does with some of them what a test wants.</summary>
internal sealed class LineRelay : Relay
{
    private readonly Uri _server;
    private readonly Func<int, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage?>> _plan;
    private readonly List<int> _statuses = [];
    private readonly SemaphoreSlim _turn = new(1);
    private int _count;

    private LineRelay(Uri server, Func<int, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage?>> plan)
    {
        _server = server;
        _plan = plan;
    }

    /// <summary>What the client was told, in the order of the responses; 0 where it was told nothing. To be read when the client is done.</summary>
    public IReadOnlyList<int> Statuses => _statuses;

    /// <summary>Starts a relay.</summary>
    /// <param name="server">Where requests go.</param>
    /// <param name="plan">Of a request's number, from 0, and what passes it on, makes the response; null closes the connection without one.</param>
    public static async Task<LineRelay> StartAsync(Uri server, Func<int, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage?>> plan)
    {
        LineRelay relay = new(server, plan);
        await relay.ListenAsync();
        return relay;
    }

    /// <summary>A response that asks for time.</summary>
    public static HttpResponseMessage Busy(HttpStatusCode status, int seconds) => new(status)
    {
        Headers = { { "Retry-After", seconds.ToString(CultureInfo.InvariantCulture) } },
        Content = new StringContent("""{"code":"too many requests","message":"queue full"}""", null, "application/json"),
    };

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _turn.Dispose();
    }

    protected override async Task RelayAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        using HttpResponseMessage? response = await InTurnAsync(() => PassOnAsync(context.Request, body.ToArray()));
        if (response is null)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.Headers.RetryAfter = response.Headers.RetryAfter?.ToString();
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        byte[] content = await response.Content.ReadAsByteArrayAsync();
        if (content.Length > 0)
        {
            await context.Response.Body.WriteAsync(content);
        }
    }

    private async Task<HttpResponseMessage?> InTurnAsync(Func<Task<HttpResponseMessage>> pass)
    {
        await _turn.WaitAsync();
        try
        {
            HttpResponseMessage? response = await _plan(_count++, pass);
            _statuses.Add((int)(response?.StatusCode ?? 0));
            return response;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<HttpResponseMessage> PassOnAsync(HttpRequest request, byte[] body)
    {
        using HttpRequestMessage passed = new(HttpMethod.Post, new Uri(_server, request.Path + request.QueryString)) { Content = new ByteArrayContent(body) };
        passed.Headers.TryAddWithoutValidation("Authorization", request.Headers.Authorization.ToString());
        passed.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        if (request.Headers.ContentEncoding.Count > 0)
        {
            passed.Content.Headers.TryAddWithoutValidation("Content-Encoding", request.Headers.ContentEncoding.ToString());
        }

        return await Http.SendAsync(passed);
    }
}
