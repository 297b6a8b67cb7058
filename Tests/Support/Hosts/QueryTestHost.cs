using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Running;
using TimeSeries.Query;
using TimeSeries.Tests.Description;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Support.Hosts;

/// <summary>The Query endpoints over real HTTP, on a port of their own, over rows that a test wrote down. The clock is fixed at <see cref="Now"/>.</summary>
internal sealed class QueryTestHost : IAsyncDisposable
{
    /// <summary>2023-01-29 12:02:03.456 UTC: inside a 5-minute bucket, not at its start.</summary>
    public const long Now = 1_674_993_723_456;

    public const string Token = "reads-the-first-project";
    public const string PushOnlyToken = "pushes-only";
    public const string ReadOnlyToken = "only-reads-the-first-project";
    public const string OtherToken = "reads-the-other-project";
    public const long OtherProject = 77;

    /// <summary>As an option: the projects count as made because none is configured.</summary>
    public const string QuickStart = "quick start";

    /// <summary>The first project's access key and its secret: those of the published signature.</summary>
    public const string AccessKey = "ACCESSKEYEXAMPLE";
    public const string Secret = "SECRETKEYEXAMPLE";

    private readonly WebApplication _app;
    private readonly HttpClient _client = new(new DescribedResponses(new SocketsHttpHandler { AllowAutoRedirect = false }));

    private QueryTestHost(WebApplication app)
    {
        _app = app;

        // A server on every address is called on this machine's own.
        string listener = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Address = new Uri(listener.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).Replace("[::]", "127.0.0.1", StringComparison.Ordinal));
    }

    public IServiceProvider Services => _app.Services;

    public Uri Address { get; }

    public static Task<QueryTestHost> StartAsync(params Row[] rows) => StartAsync(new RowReader(rows));

    public static Task<QueryTestHost> StartAsync(ISampleReader reader, params string[] options) =>
        StartAsync(reader, new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(Now)), options);

    public static async Task<QueryTestHost> StartAsync(ISampleReader reader, TimeProvider clock, params string[] options)
    {
        WebApplicationBuilder builder = HostSetup.CreateBuilder(
            ["--urls=http://127.0.0.1:0", "--Metrics:AllowAnonymous=true", "--AlertHistory:AllowAnonymous=true",
                .. options.Where(option => option != QuickStart)],
            program: typeof(QueryHost).Assembly);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton(reader);
        builder.Services.AddSingleton(new ProjectDirectory(
        [
            new ProjectOptions
            {
                Pcode = Row.Project,
                Tokens =
                [
                    new TokenOptions { Secret = Token, Scopes = Scopes.Ingest | Scopes.Read | Scopes.Admin },
                    new TokenOptions { Secret = PushOnlyToken, Scopes = Scopes.Ingest },
                    new TokenOptions { Secret = ReadOnlyToken, Scopes = Scopes.Read },
                ],
                AccessKeys = [new AccessKeyOptions { Id = AccessKey, Secret = Secret }],
            },
            new ProjectOptions { Pcode = OtherProject, ApdexThreshold = 100, Tokens = [new TokenOptions { Secret = OtherToken }] },
        ],
            options.Contains(QuickStart)));
        builder.Services.AddTimeSeriesQuery(builder.Configuration);
        WebApplication app = builder.Build();
        app.UseHostDefaults();
        app.UseTimeSeriesQuery();
        app.MapHostDefaults();
        app.MapTimeSeriesQuery();
        await app.StartAsync();
        return new QueryTestHost(app);
    }

    /// <summary>Sends a request with exactly these headers; the path goes out as it stands.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers) =>
        SendAsync(method, path, headers, CancellationToken.None);

    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, (string Name, string Value)[] headers, CancellationToken cancellationToken) =>
        SendAsync(method, path, null, headers, cancellationToken);

    /// <summary>Sends a request with a body and exactly these headers; the path goes out as it stands.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? body, (string Name, string Value)[] headers, CancellationToken cancellationToken = default)
    {
        UriCreationOptions asWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };
        using HttpRequestMessage request = new(method, new Uri(Address.GetLeftPart(UriPartial.Authority) + path, asWritten)) { Content = body };
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _client.SendAsync(request, cancellationToken);
    }

    /// <summary>Gets a statistic with the first project's token.</summary>
    public Task<HttpResponseMessage> WhatapAsync(string path, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, "/open/api/json" + path, [("x-whatap-token", Token), ("x-whatap-pcode", $"{Row.Project}")], cancellationToken);

    /// <summary>Gets activity with the first project's token, sent as the vendor's clients do.</summary>
    public Task<HttpResponseMessage> TykAsync(string path) => SendAsync(HttpMethod.Get, "/api/activity" + path, ("authorization", Token));

    /// <summary>Searches for events with a body signed by the first project's access key at <see cref="Now"/>.</summary>
    public Task<HttpResponseMessage> NcpAsync(string body, string path = "/dashboards/events/search") => SendAsync(
        HttpMethod.Post, path, new StringContent(body), RequestSignature.Headers("POST", path, Now, AccessKey, Secret));

    /// <summary>Gets a path of our own API with the first project's token and these further headers.</summary>
    public Task<HttpResponseMessage> OwnAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, [("Authorization", "Bearer " + Token), .. headers]);

    /// <summary>Gets a path of our own API, which has a query string already, in a format: by Accept where it is MessagePack, else by its parameter.</summary>
    public Task<HttpResponseMessage> OwnInFormatAsync(string path, string format, params (string Name, string Value)[] headers) =>
        format == "msgpack" ? OwnAsync(path, [("Accept", "application/msgpack"), .. headers]) : OwnAsync($"{path}&format={format}", headers);

    /// <summary>The body of a statistic that must succeed.</summary>
    public async Task<JsonElement> WhatapJsonAsync(string path)
    {
        using HttpResponseMessage response = await WhatapAsync(path);
        return await ReadAsync(response, HttpStatusCode.OK);
    }

    public async Task<HttpStatusCode> StatusAsync(string path)
    {
        using HttpResponseMessage response = await WhatapAsync(path);
        return response.StatusCode;
    }

    /// <summary>The JSON body of a response that must have a status.</summary>
    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        string body = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(expected), body);
        using var document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}
