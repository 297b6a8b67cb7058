using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TimeSeries.Tests.Golden;

/// <summary>Stands between a host and an influxd, keeps the bodies of writes, and may respond to them itself.</summary>
internal sealed partial class RecordingProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;
    private int _writeCount;
    private int _requestCount;

    private RecordingProxy(Uri behind)
    {
        _http = new HttpClient { BaseAddress = behind };
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(ForwardAsync);
    }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Every line that was written, in the order of arrival.</summary>
    public ConcurrentQueue<string> Lines { get; } = [];

    /// <summary>What responds in place of the influxd: a status and a page. Null to pass requests on.</summary>
    public (int Status, string Page)? InPlace { get; set; }

    /// <summary>The requests that <see cref="InPlace"/> responds to.</summary>
    public string InPlacePath { get; set; } = "/write";

    /// <summary>Requests that came, writes too.</summary>
    public int RequestCount => _requestCount;

    /// <summary>Writes that came.</summary>
    public int WriteCount => _writeCount;

    public static async Task<RecordingProxy> StartAsync(Uri behind)
    {
        RecordingProxy proxy = new(behind);
        await proxy._app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requestCount);
        if (context.Request.Path == "/write")
        {
            Interlocked.Increment(ref _writeCount);
        }

        if (context.Request.Path == InPlacePath && InPlace is var (status, page))
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/html";
            await (page.Length > 0 ? context.Response.WriteAsync(page) : Task.CompletedTask);
            return;
        }

        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        using HttpRequestMessage request = new(HttpMethod.Parse(context.Request.Method), context.Request.Path + context.Request.QueryString);
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body.ToArray());
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        using HttpResponseMessage response = await _http.SendAsync(request);
        if (context.Request.Path == "/write" && response.IsSuccessStatusCode)
        {
            foreach (Match line in Line().Matches(Encoding.UTF8.GetString(body.ToArray())))
            {
                Lines.Enqueue(line.Value);
            }
        }

        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        const string Own = "X-Influxdb";
        foreach ((string name, IEnumerable<string> values) in response.Headers.Where(header => header.Key.StartsWith(Own, StringComparison.OrdinalIgnoreCase)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        if (context.Response.StatusCode != StatusCodes.Status204NoContent)
        {
            await response.Content.CopyToAsync(context.Response.Body);
        }
    }
    // Texts may have line feeds in them.
    [GeneratedRegex("""(?:[^\n"\\]|\\.|"(?:[^"\\]|\\.)*")+""", RegexOptions.Singleline)]
    private static partial Regex Line();
}
