using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Agent;
using TimeSeries.Agent.Delivery;

namespace TimeSeries.Tests.Agent;

/// <summary>Batches over HTTP, to a server of the test's own.</summary>
public sealed class HttpBatchSenderTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentQueue<(string Path, string Authorization, string Encoding, byte[] Body, bool HasTrace)> _requests = [];
    private WebApplication _server = null!;
    private Func<HttpContext, Task> _respond = _ => Task.CompletedTask;

    [SetUp]
    public async Task StartAsync()
    {
        _requests.Clear();
        _respond = _ => Task.CompletedTask;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(async context =>
        {
            using MemoryStream body = new();
            await context.Request.Body.CopyToAsync(body);
            HttpRequest request = context.Request;
            _requests.Enqueue((request.Path, request.Headers.Authorization.ToString(), request.Headers.ContentEncoding.ToString(), body.ToArray(),
                request.Headers.ContainsKey("traceparent")));
            await _respond(context);
        });
        await _server.StartAsync();
    }

    [TearDown]
    public ValueTask StopAsync() => _server.DisposeAsync();

    [Test]
    public async Task A_batch_goes_compressed_with_the_token_below_the_path_base()
    {
        await SendAsync("/base/");

        (string path, string authorization, string encoding, byte[] body, _) = _requests.Single();
        using GZipStream gzip = new(new MemoryStream(body), CompressionMode.Decompress);
        using MemoryStream inflated = new();
        await gzip.CopyToAsync(inflated);
        Assert.Multiple(() =>
        {
            Assert.That(path, Is.EqualTo("/base/ingest/v1/batch"));
            Assert.That(authorization, Is.EqualTo("Bearer the-token"));
            Assert.That(encoding, Is.EqualTo("gzip"));
            Assert.That(inflated.ToArray(), Is.EqualTo("a batch"u8.ToArray()));
        });
    }

    [Test]
    public async Task Its_own_requests_have_no_activity()
    {
        using ActivitySource source = new("around-a-batch");
        List<string> stopped = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = heard => heard.Name is "System.Net.Http" or "around-a-batch",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("server.port") is int port && port == Address.Port)
                {
                    stopped.Add(activity.OperationName);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using (source.StartActivity("around"))
        {
            await SendAsync();
        }

        Assert.That(_requests.Single().HasTrace, Is.False);
        Assert.That(stopped, Is.Empty);
    }

    [Test]
    public async Task A_response_is_read_with_its_first_error()
    {
        _respond = context => context.Response.WriteAsync(
            """{"accepted":3,"rejected":2,"errors":[{"kind":"sql","index":1,"field":"elapsed","reason":"must be a number ≥ 0"},{"kind":"x"}]}""");

        Assert.That(await SendAsync(), Is.EqualTo(new SendResult(200, 2, "sql.elapsed must be a number ≥ 0")));
    }

    [TestCase("17", 17)]
    [TestCase("Thu, 01 Jan 2026 00:00:30 GMT", 30)]
    [TestCase("Wed, 31 Dec 2025 00:00:00 GMT", 0)]
    public async Task Retry_After_is_read_as_seconds_or_date(string value, int seconds)
    {
        _respond = context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = value;
            return context.Response.WriteAsync("""{"detail":"queue full"}""");
        };

        Assert.That(await SendAsync(), Is.EqualTo(new SendResult(429, 0, "queue full", TimeSpan.FromSeconds(seconds))));
    }

    [TestCase("")]
    [TestCase("<html>")]
    [TestCase("[1]")]
    public async Task What_a_proxy_says_is_not_taken_for_a_response(string body)
    {
        _respond = context =>
        {
            context.Response.StatusCode = 502;
            return context.Response.WriteAsync(body);
        };

        Assert.That(await SendAsync(), Is.EqualTo(new SendResult(502)));
    }

    private Uri Address => new(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private async Task<SendResult> SendAsync(string pathBase = "")
    {
        using HttpBatchSender sender = new(Options.Create(new TimeSeriesAgentOptions { Endpoint = new Uri(Address, pathBase), Token = "the-token" }), _clock);
        return await sender.SendAsync(sender.Prepare("a batch"u8.ToArray()), CancellationToken.None);
    }
}
