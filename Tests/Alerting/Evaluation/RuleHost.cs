using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Alerting;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Core.Files;
using TimeSeries.Tests.Files;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Alerting.Evaluation;

/// <summary>A whole server with alert rules, on a disk in memory and a clock that the test moves. It can be killed and started again.</summary>
internal sealed class RuleHost : IAsyncDisposable
{
    private const string Directory = "/node";

    private readonly string[] _options;
    private RunningServer? _server;

    private RuleHost(DateTimeOffset start, string[] options)
    {
        _options = options;
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
    public Task CatchUpAsync() => Eventually.IsTrueAsync(() =>
    {
        Engine.Start(CancellationToken.None);
        return Server.Services.GetRequiredService<RuleEditor>().IsRecovered
            && Engine.All.All(rule => !rule.Stored.Rule.Enabled || rule.Progress.NextTime > Now || rule.Health.Fault is not null);
    });

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

    public async ValueTask DisposeAsync() => await StopAsync();

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
            await Server.DisposeAsync();
        }
        catch (IOException)
        {
            // A disk that is gone.
        }
    }

    private async Task StartAsync() => _server = await RunningServer.StartAsync(
        Directory,
        services =>
        {
            services.AddSingleton<TimeProvider>(Clock);
            services.AddSingleton<IFileSystem>(Disk);
        },
        ["--Alerting:Delay=0s", "--Logging:LogLevel:Default=None", .. _options]);
}
