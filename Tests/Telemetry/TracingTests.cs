using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Running;
using TimeSeries.Hosting.Telemetry;

namespace TimeSeries.Tests.Telemetry;

/// <summary>With no OTLP endpoint configured traces cost nothing.</summary>
// Listeners to traces are those of the whole process.
[NonParallelizable]
internal sealed class TracingTests
{
    [Test]
    public async Task A_request_has_no_activity()
    {
        WebApplicationBuilder builder = HostSetup.CreateBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new ProjectDirectory([]));
        await using WebApplication app = builder.Build();
        app.UseHostDefaults();
        app.MapHostDefaults();
        app.MapGet("/activity", static () => Activity.Current?.Id ?? "none");
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using HttpClient client = new() { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        Assert.That(await client.GetStringAsync("/activity"), Is.EqualTo("none"));
    }

    [Test]
    public void A_span_is_null_and_allocates_nothing()
    {
        Assert.That(Tracing.Source.StartActivity("warm"), Is.Null);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            using Activity? span = Tracing.Source.StartActivity("ingest.batch");
            span?.SetTag("pcode", (long)i);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
