using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Alerting;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Ingest.Shipping;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Alerting.Evaluation;

/// <summary>A whole server with alert rules, on a disk in memory and a clock that the test moves. It can be killed and started again.</summary>
internal sealed class RuleHost : IAsyncDisposable
{
    private const string Directory = "/node";

    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _untilTick = TimeSpan.FromMilliseconds(50);

    private readonly string[] _options;
    private readonly SharedStore? _store;
    private RunningServer? _server;

    private RuleHost(DateTimeOffset start, string[] options, SharedStore? store = null)
    {
        _options = options;
        _store = store;
        Clock = new FakeTimeProvider(start);
        Clock.Advance(TimeSpan.FromMilliseconds(60_000 - (Now % 60_000)));
    }

    public FakeTimeProvider Clock { get; }

    public FaultyFileSystem Disk { get; private set; } = new();

    public RunningServer Server => _server!;

    public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public AlertRules Rules => Server.Services.GetRequiredService<AlertRules>();

    private RuleEngine Engine => Server.Services.GetRequiredService<RuleEngine>();

    /// <summary>Starts a server; the clock stands at a whole minute.</summary>
    public static Task<RuleHost> StartAsync(params string[] options) => StartAsync(TestTime.Start, options);

    /// <summary>Starts a server in the minute after a moment.</summary>
    public static async Task<RuleHost> StartAsync(DateTimeOffset start, params string[] options)
    {
        RuleHost host = new(start, options);
        await host.StartAsync();
        return host;
    }

    /// <summary>Starts a server on a shared store.</summary>
    public static async Task<RuleHost> StartAsync(SharedStore store, params string[] options)
    {
        RuleHost host = new(TestTime.Start, [.. store.Arguments, .. options], store);
        await host.StartAsync();
        return host;
    }

    /// <summary>Makes or changes a rule of the first project, which must succeed.</summary>
    public async Task PutAsync(string name, string rule)
    {
        (HttpStatusCode status, string body) = await Server.Client.SendJsonAsync(HttpMethod.Put, $"/api/v1/rules/{name}", rule);
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK).Or.EqualTo(HttpStatusCode.Created), body);
    }

    /// <summary>Pushes transactions of an agent: service, elapsed in ms, and how long ago in ms.</summary>
    public Task PushAsync(params (string Service, double Elapsed, long Ago)[] transactions) => PushJsonAsync(JsonSerializer.Serialize(new
    {
        agent = new { oname = "shop" },
        transaction = transactions.Select(sample => new { time = Now - sample.Ago, service = sample.Service, elapsed = sample.Elapsed }),
    }));

    public async Task PushJsonAsync(string batch)
    {
        using HttpResponseMessage response = await Server.Client.SendAsync(System.Text.Encoding.UTF8.GetBytes(batch), "application/json");
        string body = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), body);
        Assert.That(JsonDocument.Parse(body).RootElement.GetProperty("rejected").GetInt32(), Is.Zero, body);
    }

    /// <summary>Moves the clock second by second, and returns when every rule is evaluated through then.</summary>
    public async Task AdvanceAsync(TimeSpan duration)
    {
        for (TimeSpan moved = TimeSpan.Zero; moved < duration; moved += TimeSpan.FromSeconds(1))
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await CatchUpAsync();
        }
    }

    /// <summary>Returns when every rule is evaluated through the present. The service's own timer ticks when the clock is moved only.</summary>
    public Task CatchUpAsync() => Eventually.IsTrueAsync(() => AreEvaluatedThrough(Now));

    /// <summary>
    /// Moves the clock to a moment, and returns when every rule is evaluated through then. A shared store is told with time what there is: with it the clock
    /// goes some seconds further.
    /// </summary>
    public async Task EvaluateAtAsync(long time)
    {
        if (time > Now)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(time - Now));
        }

        await SettleAsync(time);
        if (_store is not null)
        {
            // What waits for the store looks again after a second.
            Clock.Advance(2 * _tick);
        }

        await WhileTimePassesAsync(() => AreEvaluatedThrough(time), TimeSpan.FromSeconds(0.5));
    }

    /// <summary>Returns when the store has everything that was pushed and raised through a moment.</summary>
    public async Task SettleAsync(long through)
    {
        if (_store is not null)
        {
            await WhileTimePassesAsync(() => !Server.Services.GetRequiredService<ShippingLag>().Through().Waits, _untilTick);
            ISampleReader reader = Server.Services.GetRequiredService<ISampleReader>();
            await WhileTimePassesAsync(async () => await reader.WatermarkAsync(CancellationToken.None) >= through, _untilTick);
        }
    }

    /// <summary>
    /// Waits for something. The clock goes on only when it has not happened for some time, so that a busy machine moves it no further than an idle one.
    /// </summary>
    public Task WhileTimePassesAsync(Func<bool> happened, TimeSpan untilTick) => WhileTimePassesAsync(() => Task.FromResult(happened()), untilTick);

    /// <summary>The same for what can be seen only by a request.</summary>
    public Task WhileTimePassesAsync(Func<Task<bool>> happened, TimeSpan untilTick)
    {
        long ticked = TimeProvider.System.GetTimestamp();
        return Eventually.IsTrueAsync(async () =>
        {
            if (await happened())
            {
                return true;
            }

            if (TimeProvider.System.GetElapsedTime(ticked) >= untilTick)
            {
                Clock.Advance(_tick);
                ticked = TimeProvider.System.GetTimestamp();
            }

            return false;
        });
    }

    /// <summary>What the store has of rules: rule, group, state and time of each alert, in order of time.</summary>
    public async Task<List<string>> RecordedAsync()
    {
        using JsonDocument page = JsonDocument.Parse(await Server.Client.GetAsync(string.Create(
            CultureInfo.InvariantCulture, $"/api/v1/samples?kind=alert&limit=10000&from={Now - 7 * 86_400_000L}&to={Now + 86_400_000L}")));
        return
        [
            .. page.RootElement.GetProperty("samples").EnumerateArray()
                .Select(alert => (Time: alert.GetProperty("time").GetInt64(), Labels: alert.GetProperty("labels"), Alert: alert))
                .Select(alert => (alert.Time, Text: Describe(alert.Labels, alert.Time)))
                .OrderBy(alert => alert.Time).ThenBy(alert => alert.Text, StringComparer.Ordinal).Select(alert => alert.Text),
        ];
    }

    /// <summary>How <see cref="RecordedAsync"/> shows an alert.</summary>
    public static string Describe(string rule, string group, bool isFiring, long time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time} {rule} {group} {(isFiring ? "firing" : "resolved")}");

    /// <summary>Ends the server as a kill does, and starts another on what is left after a while.</summary>
    public async Task KillAsync(TimeSpan down)
    {
        FaultyFileSystem left = Disk.Kill();
        await StopAsync();
        Disk = left;
        Clock.Advance(down);
        await StartAsync();
    }

    /// <summary>Stops the server in good order, and starts another.</summary>
    public async Task RestartAsync(TimeSpan down)
    {
        await StopAsync();
        Clock.Advance(down);
        await StartAsync();
    }

    /// <summary>Stops the server in good order, does something, and starts another.</summary>
    public async Task RestartAsync(Action between)
    {
        await StopAsync();
        between();
        await StartAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private bool AreEvaluatedThrough(long time)
    {
        Engine.Start(CancellationToken.None);
        return Server.Services.GetRequiredService<RuleEditor>().IsRecovered
            && Engine.All.All(rule => !rule.Stored.Rule.Enabled || rule.Progress.NextTime > time || rule.Health.Fault is not null);
    }

    private static string Describe(JsonElement labels, long time)
    {
        string group = string.Join(",", labels.EnumerateObject().Where(label => label.Name is not ("rule" or "state"))
            .Select(label => $"{label.Name}={label.Value.GetString()}"));
        return Describe(labels.GetProperty("rule").GetString()!, group, labels.GetProperty("state").GetString() == "firing", time);
    }

    private async Task StopAsync()
    {
        try
        {
            // A stop waits by the clock until a shared store has everything.
            Task stop = Server.DisposeAsync().AsTask();
            await WhileTimePassesAsync(() => _store is null || stop.IsCompleted, TimeSpan.FromSeconds(0.1));
            await stop;
        }
        catch (IOException)
        {
            // A disk that is gone.
        }
    }

    private async Task StartAsync()
    {
        _store?.CopySettings(Disk);
        Task<RunningServer> start = BeginAsync();
        await WhileTimePassesAsync(() => _store is null || start.IsCompleted, TimeSpan.FromSeconds(0.2));
        _server = await start;
    }

    private Task<RunningServer> BeginAsync() => RunningServer.StartAsync(
        Directory,
        services =>
        {
            services.AddSingleton<TimeProvider>(Clock);
            services.AddSingleton<IFileSystem>(Disk);
        },
        ["--Alerting:Delay=0s", "--Logging:LogLevel:Default=None", .. _options]);
}
