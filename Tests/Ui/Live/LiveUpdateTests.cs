using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Projects;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;
using TimeSeries.Ui.Data;
using TimeSeries.Ui.Pages;

namespace TimeSeries.Tests.Ui.Live;

/// <summary>A part of the page that is open for long.</summary>
public sealed class LiveUpdateTests
{
    private const int First = 500;

    // A whole day with: dotnet test … -- 'TestRunParameters.Parameter(name="LiveUpdates", value="86400")'
    private static readonly int _updates = TestContext.Parameters.Get("LiveUpdates", 2_000);

    // At most, on a machine where the table is seldom ready.
    private const int SecondsPerUpdate = 60;
    private const int HalfHourSeconds = 1_800;
    private const long MostBytes = 512 << 10;

    [Test]
    public async Task Updates_each_second_take_no_more_memory_the_longer_they_go_on()
    {
        using TemporaryFolder folder = new();
        FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeMilliseconds(QueryTestHost.Now));

        // Two of them lie in any hour, for longer than the updates take.
        int rows = 2 + ((First + _updates) * SecondsPerUpdate / HalfHourSeconds);
        RowReader reader = new(
        [
            .. Enumerable.Range(0, rows).Select(i => new Row(Kind.Exception, QueryTestHost.Now + (1_000L * i * HalfHourSeconds)).With("class", $"Boom{i}")),
        ]);
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader, clock, "--Ui:Enabled=true", $"--Ui:Directory={folder["ui"]}");
        ProjectDirectory projects = host.Services.GetRequiredService<ProjectDirectory>();
        Viewer viewer = new(ProjectClaims.Create("test", projects.Find(Row.Project), Scopes.Read));
        PageQueries queries = new(
            host.Services.GetRequiredService<IPageReader>(), viewer, projects, host.Services.GetRequiredService<SharedResults>(), clock);
        await using ServiceProvider services = new ServiceCollection().AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).AddSingleton(queries)
            .BuildServiceProvider();
        await using ScreenlessRenderer renderer = new(services);
        await renderer.ShowAsync(build =>
        {
            build.OpenComponent<CascadingValue<PageView>>(0);
            build.AddComponentParameter(1, "Value", PageView.Parse("?range=1h"));
            build.AddComponentParameter(2, "ChildContent", (RenderFragment)(inner =>
            {
                inner.OpenComponent<CascadingValue<PageZone>>(0);
                inner.AddComponentParameter(1, "Value", PageZone.Utc);
                inner.AddComponentParameter(2, "ChildContent", (RenderFragment)ShowTable);
                inner.CloseComponent();
            }));
            build.CloseComponent();
        });
        await UpdateAsync(renderer, clock, First);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await UpdateAsync(renderer, clock, _updates);
        long more = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Out.WriteLine($"{_updates} updates: {more} bytes more.");
        Assert.That(more, Is.LessThan(MostBytes));
        Assert.That(renderer.Fault, Is.Null);
    }

    private static void ShowTable(Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder build)
    {
        build.OpenComponent<SampleTable>(0);
        build.AddComponentParameter(1, nameof(SampleTable.Kind), Kind.Exception);
        build.AddComponentParameter(2, nameof(SampleTable.Title), "Newest exceptions");
        build.AddComponentParameter(3, nameof(SampleTable.Fields), (string[])["class", "message"]);
        build.CloseComponent();
    }

    // A second goes by for each; more where the table is not ready for it yet.
    private static async Task UpdateAsync(ScreenlessRenderer renderer, FakeTimeProvider clock, long count)
    {
        long end = renderer.Changes + count;
        DateTimeOffset last = clock.GetUtcNow().AddSeconds(count * SecondsPerUpdate);
        for (long seen = renderer.Changes; seen < end; seen = renderer.Changes)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.That(clock.GetUtcNow(), Is.LessThan(last), $"{end - seen} updates are missing.");
            for (int i = 0; i < 100 && renderer.Changes == seen && renderer.Fault is null; i++)
            {
                await Task.Yield();
            }
        }
    }

    private sealed class Viewer(ClaimsPrincipal user) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(user));
    }
}
