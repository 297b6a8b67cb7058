using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Hosting.Running;
using TimeSeries.Server.WarmUp;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Hosting;

public sealed class WarmUpTests
{
    // The document is of the size of a book, and nobody waits for it. Calls of gRPC come to a port of their own and are decoded like other exports.
    private static readonly string[] _cold =
    [
        "/openapi/v1.json", "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", "/opentelemetry.proto.collector.logs.v1.LogsService/Export",

        // People change rules, now and then.
        "/api/v1/rules/{name}", "/api/v1/rules/builtin/{name}", "/api/v1/rules/test", "/api/v1/silences/{id}", "/api/v1/receivers/{name}",
        "/api/v1/receivers/{name}/test",

        // Who runs the server copies it, now and then.
        "/ingest/v1/backup",
    ];

    [Test]
    public async Task It_calls_every_endpoint_and_none_refuses()
    {
        Witness witness = new();
        IReadOnlyCollection<string> refused = await RunAsync(services => services.AddSingleton<IStartupFilter>(witness));
        Assert.That(refused, Is.Empty);
        string[] missed = [.. witness.All.Except(_cold).Where(pattern => !witness.Called.Any(called => IsSameEndpoint(called, pattern)))];
        Assert.That(witness.All, Has.Length.GreaterThan(20));
        Assert.That(missed, Is.Empty);
    }

    [Test]
    public async Task It_leaves_no_file_behind()
    {
        MemoryFileSystem files = new();
        await RunAsync(services => services.AddSingleton<IFileSystem>(files));
        Assert.That(files.List(Path.GetFullPath("/warm-up")), Is.Not.Empty);
        Assert.That(Directory.Exists(Path.GetFullPath("/warm-up")), Is.False);
    }

    [Test]
    public async Task A_proxy_of_the_machine_is_not_used()
    {
        using TemporaryFolder folder = new();
        using ServerProcess server = await ServerProcess.StartHostAsync(
            "Server", folder.FullName, [("http_proxy", "http://127.0.0.1:9"), ("no_proxy", "")], "--Start:WarmUp=true");
        Assert.That(server.Output, Does.Not.Contain("warm-up"));
    }

    [Test]
    public void Its_host_reads_no_setting_of_the_machine() =>
        Assert.That(
            ConfigurationExtensions.AsEnumerable(HostSetup.CreateBuilder(["--Storage:Kind=embedded"], readsSettings: false).Configuration)
                .Where(pair => pair.Value is not null).Select(pair => pair.Key).Where(key => !key.StartsWith("Logging:", StringComparison.Ordinal)),
            Is.SubsetOf(new[] { "Storage:Kind", "urls", "ReloadStaticAssetsAtRuntime" }));

    private static Task<IReadOnlyCollection<string>> RunAsync(Action<IServiceCollection> replace) =>
        WarmUpService.RunAsync(TimeProvider.System, TimeSpan.Zero, CancellationToken.None, replace);

    // A range may be in the path or in the query, and a base path be left out.
    private static bool IsSameEndpoint(string called, string pattern) =>
        called.Replace("/{stime}/{etime}", "", StringComparison.Ordinal)
            .EndsWith(pattern.Replace("/{stime}", "", StringComparison.Ordinal).Replace("/{etime}", "", StringComparison.Ordinal), StringComparison.Ordinal);

    // Looks at which endpoints the requests reach.
    private sealed class Witness : IStartupFilter
    {
        private EndpointDataSource? _endpoints;

        public HashSet<string> Called { get; } = new(StringComparer.Ordinal);

        public string[] All => [.. _endpoints!.Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.RawText!).Where(pattern => !pattern.Contains("{**", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal)];

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            _endpoints = app.ApplicationServices.GetRequiredService<EndpointDataSource>();
            app.Use(async (context, go) =>
            {
                await go(context);
                if (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern })
                {
                    lock (Called)
                    {
                        Called.Add(pattern);
                    }
                }
            });
            next(app);
        };
    }
}
