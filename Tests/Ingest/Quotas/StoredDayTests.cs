using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Hosting.Projects;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Ingest.Quotas;

/// <summary>Samples of the day are counted from the store: after a restart, and for a project that gets a limit while the host runs.</summary>
internal sealed class StoredDayTests
{
    private const string Limit = "--Projects:0:Limits:SamplesPerDay=10";

    private FakeTimeProvider _clock = null!;

    [SetUp]
    public void SetClock() => _clock = new FakeTimeProvider(TestTime.Start);

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_restart_in_the_middle_of_the_day_forgets_nothing(bool isSealed)
    {
        FaultyFileSystem files = new();
        await using (RunningServer before = await StartAsync(files, Limit))
        {
            // Yesterday's do not count after a restart, whenever they came.
            Assert.That(await PushAsync(before.Client, 2, TimeSpan.FromHours(-13)), Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await PushAsync(before.Client, 3, TimeSpan.FromHours(-11)), Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await PushAsync(before.Client, 3, TimeSpan.Zero), Is.EqualTo(HttpStatusCode.OK));
            if (isSealed)
            {
                await before.SealAsync();
            }
        }

        _clock.Advance(TimeSpan.FromHours(1));
        await using RunningServer after = await StartAsync(files, Limit);
        Assert.That(await PushAsync(after.Client, 5, TimeSpan.Zero), Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(await PushAsync(after.Client, 4, TimeSpan.Zero), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await PushAsync(after.Client, 1, TimeSpan.Zero), Is.EqualTo(HttpStatusCode.TooManyRequests));
        _clock.Advance(TimeSpan.FromHours(11));
        Assert.That(await PushAsync(after.Client, 10, TimeSpan.Zero), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_limit_that_projects_get_while_the_host_runs_holds_from_now_on_and_counts_the_whole_day()
    {
        using TemporaryFolder folder = new();
        await ConfigureAsync(folder, "");
        await using WebApplication app = TimeSeries.Server.ServerHost.Build(
            ["--urls=http://127.0.0.1:0", $"--contentRoot={folder.FullName}", $"--Storage:Directory={folder["data"]}", "--Logging:LogLevel:Default=None",
                "--Otlp:Http=", "--Otlp:Grpc=", "--Ui:Enabled=false", TestProjects.NotWatched],
            services => services.AddSingleton<TimeProvider>(_clock));
        await app.StartAsync();
        using ServerClient client = new(new Uri(app.Urls.Single()));
        Assert.That(await PushAsync(client, 8, TimeSpan.Zero), Is.EqualTo(HttpStatusCode.OK));
        await ConfigureAsync(folder, "\"Limits\":{\"SamplesPerDay\":10},");
        app.Services.GetServices<IHostedService>().OfType<ProjectReload>().Single().Reload();

        // The first push with it makes the store be asked, and waits for that.
        Assert.That(await RefusalAsync(client, 3), Does.Contain("has 8"));
        Assert.That(await PushAsync(client, 3, TimeSpan.Zero), Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(await PushAsync(client, 2, TimeSpan.Zero), Is.EqualTo(HttpStatusCode.OK));

        await ConfigureAsync(folder, "");
        app.Services.GetServices<IHostedService>().OfType<ProjectReload>().Single().Reload();
        Assert.That(await PushAsync(client, 20, TimeSpan.Zero), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Over_InfluxDB_a_restart_counts_what_the_store_has()
    {
        await using SharedStore store = await SharedStore.StartAsync();
        using TemporaryFolder folder = new();
        await using (WebApplication before = await StartIngestAsync(folder["data"], store))
        {
            using ServerClient client = new(new Uri(before.Urls.First()));
            Assert.That(await PushAsync(client, 7, TimeSpan.Zero), Is.EqualTo(HttpStatusCode.OK));
            await WhileTimePassesAsync(async () => await store.CountAsync() == 7);
            await StopAsync(before);
        }

        await using WebApplication after = await StartIngestAsync(folder["data"], store);
        using ServerClient again = new(new Uri(after.Urls.First()));
        await WhileTimePassesAsync(async () => (await RefusalAsync(again, 11)).Contains("has 7", StringComparison.Ordinal));
        Assert.That(await PushAsync(again, 4, TimeSpan.Zero), Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(await PushAsync(again, 3, TimeSpan.Zero), Is.EqualTo(HttpStatusCode.OK));
        await StopAsync(after);
    }

    [Test]
    public async Task Over_InfluxDB_a_kill_gives_no_second_quota_though_samples_wait_in_the_WAL_and_InfluxDB_is_away()
    {
        await using SharedStore store = await SharedStore.StartAsync();
        FaultyFileSystem files = new();
        WebApplication before = await StartIngestAsync("/node", store, files);
        using (ServerClient client = new(new Uri(before.Urls.First())))
        {
            Assert.That(await PushAsync(client, 4, TimeSpan.Zero), Is.EqualTo(HttpStatusCode.OK));
            await WhileTimePassesAsync(async () => await store.CountAsync() == 4);
            store.Influxd.Kill();
            Assert.That(await PushAsync(client, 5, TimeSpan.Zero), Is.EqualTo(HttpStatusCode.OK));
        }

        FaultyFileSystem left = files.Kill();
        await StopAsync(before);
        await before.DisposeAsync();
        await using WebApplication after = await StartIngestAsync("/node", store, left);
        using ServerClient again = new(new Uri(after.Urls.First()));
        Assert.That(await RefusalAsync(again, 2), Does.Contain("has 9"));
        Assert.That(await PushAsync(again, 1, TimeSpan.Zero), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await PushAsync(again, 1, TimeSpan.Zero), Is.EqualTo(HttpStatusCode.TooManyRequests));
        await StopAsync(after);
    }

    // A stop waits for the store by the clock.
    private async Task StopAsync(WebApplication ingest)
    {
        Task stop = ingest.StopAsync();
        await WhileTimePassesAsync(() => Task.FromResult(stop.IsCompleted));
        try
        {
            await stop;
        }
        catch (IOException)
        {
            // A disk that is gone.
        }
    }

    private Task WhileTimePassesAsync(Func<Task<bool>> happened) => Eventually.IsTrueAsync(async () =>
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        return await happened();
    });

    private async Task<WebApplication> StartIngestAsync(string directory, SharedStore store, IFileSystem? files = null)
    {
        files ??= new DiskFileSystem();
        store.CopySettings(files);
        WebApplication ingest = TimeSeries.Ingest.IngestHost.Build(
            TestProjects.Arguments(directory, [.. store.Arguments, Limit, "--Otlp:Http=", "--Otlp:Grpc=", "--Logging:LogLevel:Default=None"]),
            services => services.AddSingleton<TimeProvider>(_clock).AddSingleton(files));
        Task start = ingest.StartAsync();
        await WhileTimePassesAsync(() => Task.FromResult(start.IsCompleted));
        await start;
        return ingest;
    }

    private Task<RunningServer> StartAsync(FaultyFileSystem files, params string[] options) => RunningServer.StartAsync(
        "/node", services => services.AddSingleton<TimeProvider>(_clock).AddSingleton<IFileSystem>(files),
        ["--Otlp:Http=", "--Otlp:Grpc=", "--Ui:Enabled=false", .. options]);

    private static Task ConfigureAsync(TemporaryFolder folder, string limits) => File.WriteAllTextAsync(folder["appsettings.json"],
        $$"""{"Projects":[{"Pcode":1,{{limits}}"Tokens":[{"Secret":"{{TestProjects.TokenOf(TestProjects.First)}}"}]}]}""");

    private async Task<HttpStatusCode> PushAsync(ServerClient client, int samples, TimeSpan after)
    {
        using HttpResponseMessage response = await client.SendAsync(Body(samples, after, _clock), "application/json");
        return response.StatusCode;
    }

    private async Task<string> RefusalAsync(ServerClient client, int samples)
    {
        using HttpResponseMessage response = await client.SendAsync(Body(samples, TimeSpan.Zero, _clock), "application/json");
        return await response.Content.ReadAsStringAsync();
    }

    private static byte[] Body(int samples, TimeSpan after, TimeProvider clock)
    {
        long time = (clock.GetUtcNow() + after).ToUnixTimeMilliseconds();
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            agent = new { oname = "a" },
            thread = Enumerable.Range(0, samples).Select(i => new { time, count = i }),
        });
    }
}
