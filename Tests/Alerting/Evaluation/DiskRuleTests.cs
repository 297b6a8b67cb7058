using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using TimeSeries.Hosting.Projects;
using TimeSeries.Tests.Support;

namespace TimeSeries.Tests.Alerting.Evaluation;

/// <summary>A disk that is nearly full is told in the project of the server's own samples, where the rule that comes with the server notices it.</summary>
internal sealed class DiskRuleTests
{
    private RuleHost _host = null!;
    private string _token = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _host = await RuleHost.StartAsync("--Self:Enabled=true", "--Storage:LowDiskBytes=1GiB", "--Otlp:Http=", "--Otlp:Grpc=", "--Ui:Enabled=false");
        _token = _host.Server.Services.GetRequiredService<SelfProject>().Token!;
    }

    [TearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task The_rule_fires_while_the_disk_is_nearly_full_and_is_resolved_when_it_has_room_again()
    {
        (HttpStatusCode made, string body) = await SendAsync(HttpMethod.Put, "/api/v1/rules/builtin/disk-filling");
        Assert.That(made, Is.EqualTo(HttpStatusCode.Created), body);
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.That((await SamplesAsync("event"), await SamplesAsync("alert")), Is.EqualTo((0, 0)));

        _host.Disk.CapacityBytes = 500L << 20;
        await UntilAsync(async () => await SamplesAsync("alert") == 1);
        JsonElement firing = (await ListAsync("alert"))[0];
        Assert.That(
            (firing.GetProperty("title").GetString(), firing.GetProperty("severity").GetString(), StateOf(firing)),
            Is.EqualTo(("The server's disk is nearly full", "Critical", "firing")));
        JsonElement told = (await ListAsync("event"))[0];
        Assert.That(told.GetProperty("message").GetString(), Does.Match("^The disk has 4[0-9]{2} MiB left\\. When it is full, pushes are refused"));
        Assert.That((told.GetProperty("level").GetString(), told.GetProperty("type").GetString()), Is.EqualTo(("ALERT", "EU400")));

        // Of each minute one event, though the disk is looked at six times.
        await UntilAsync(async () => await SamplesAsync("event") >= 3);
        long[] times = [.. (await ListAsync("event")).Select(sample => sample.GetProperty("time").GetInt64()).Order()];
        Assert.That(times.Zip(times.Skip(1)).Select(pair => pair.Second - pair.First), Is.All.GreaterThanOrEqualTo(60_000));

        _host.Disk.CapacityBytes = long.MaxValue;
        await UntilAsync(async () => await SamplesAsync("alert") == 2);
        Assert.That((await ListAsync("alert")).Select(StateOf), Is.EquivalentTo(new[] { "firing", "resolved" }));
        using JsonDocument users = JsonDocument.Parse(await _host.Server.Client.GetAsync(Path("event")));
        Assert.That(users.RootElement.GetProperty("samples").GetArrayLength(), Is.Zero);
    }

    private static string? StateOf(JsonElement alert) => alert.GetProperty("labels").GetProperty("state").GetString();

    private static string Path(string kind) => $"/api/v1/samples?kind={kind}&from=-1h&to=now";

    private Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMethod method, string path) =>
        _host.Server.Client.SendJsonAsync(method, path, null, _token);

    private async Task<int> SamplesAsync(string kind) => (await ListAsync(kind)).Length;

    private async Task<JsonElement[]> ListAsync(string kind)
    {
        (HttpStatusCode status, string body) = await SendAsync(HttpMethod.Get, Path(kind));
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK), body);
        using JsonDocument page = JsonDocument.Parse(body);
        return [.. page.RootElement.GetProperty("samples").EnumerateArray().Select(sample => sample.Clone())];
    }

    private async Task PassAsync(TimeSpan time)
    {
        for (long end = _host.Now + (long)time.TotalMilliseconds; _host.Now < end;)
        {
            _host.Clock.Advance(TimeSpan.FromSeconds(10));
            await _host.CatchUpAsync();
        }
    }

    // What watches the disk and what writes events have threads of their own.
    private Task UntilAsync(Func<Task<bool>> happened) => Eventually.IsTrueAsync(async () =>
    {
        await PassAsync(TimeSpan.FromSeconds(10));
        return await happened();
    });
}
