using System.Net;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Fuzzing.Otlp.Messages;
using TimeSeries.Tests.Otlp;
using TimeSeries.Tests.Support.Hosts;
using static TimeSeries.Tests.Otlp.Exports;

namespace TimeSeries.Tests.Ingest;

/// <summary>A project has samples of so many agents a day, over every protocol; samples of others are rejected by reason.</summary>
internal sealed class AgentBoundTests
{
    private const long Day = 86_400_000;

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeMilliseconds((long)(Start / 1_000_000)));

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    [Test]
    public async Task Samples_of_more_agents_are_rejected_by_name_and_those_of_known_ones_kept_until_the_next_day()
    {
        await using OtlpServer server = await StartAsync();
        JsonElement first = await PushAsync(server, "a", "b", "a", "c", "d", "b");
        Assert.That((first.GetProperty("accepted").GetInt32(), first.GetProperty("rejected").GetInt32()), Is.EqualTo((5, 1)));
        JsonElement error = first.GetProperty("errors")[0];
        Assert.That(
            (error.GetProperty("index").GetInt32(), error.GetProperty("field").GetString(), error.GetProperty("value").GetString()),
            Is.EqualTo((4, "oname", "d")));
        Assert.That(error.GetProperty("reason").GetString(), Is.EqualTo("is one agent more than the project may have in a day (Ingest:MaxAgents)"));
        Assert.That(await server.MetricAsync("timeseries_ingest_samples_rejected_total", "reason=\"too_many_agents\""), Is.EqualTo(1));

        // An agent that names itself once for all samples is one of them; another project has its own.
        using HttpResponseMessage refused = await SendAsync(server, $$"""{"agent":{"oname":"e"},"thread":[{"time":{{Now}},"count":1}]}""");
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await PushAsync(server, "c", "a")).GetProperty("accepted").GetInt32(), Is.EqualTo(2));
        Assert.That((await PushAsync(server, TestProjects.Second, ["x", "y", "z"])).GetProperty("accepted").GetInt32(), Is.EqualTo(3));
        using HttpResponseMessage event1 = await SendAsync(server, $$"""{"event":[{"time":{{Now}},"level":"EVENT","type":"ES010","message":"m"}]}""");
        Assert.That(event1.StatusCode, Is.EqualTo(HttpStatusCode.OK), "What is of no agent takes no room.");

        _clock.Advance(TimeSpan.FromDays(1));
        Assert.That((await PushAsync(server, "d", "e", "f", "a")).GetProperty("accepted").GetInt32(), Is.EqualTo(3));
    }

    [Test]
    public async Task An_export_says_which_items_were_of_too_many_agents_and_a_line_is_dropped()
    {
        await using OtlpServer server = await StartAsync();
        TraceExport export = new()
        {
            ResourceSpans =
            {
                Enumerable.Range(1, 4).Select(i => Resource([Span(ServerKind, (ulong)i), Span(InternalKind, 9, parent: 8)], ("service.name", $"s{i}"))),
            },
        };
        ExportResponse response = await server.ExportAsync(export);
        Assert.That(response.PartialSuccess.Rejected, Is.EqualTo(1));
        Assert.That(response.PartialSuccess.ErrorMessage, Is.EqualTo(
            "1 span rejected: 1 × too many agents in the project; first: resourceSpans[3].scopeSpans[0].spans[0]"));
        Assert.That(await server.MetricAsync("timeseries_otlp_items_total", "reason=\"agents\"", "signal=\"traces\""), Is.EqualTo(1));
        Assert.That(await server.SamplesAsync("transaction"), Has.Length.EqualTo(3));
        Assert.That((await server.ExportAsync(Metrics(new Metric
        {
            Name = ByteString.CopyFromUtf8("process.thread.count"),
            Gauge = new NumberData { DataPoints = { new NumberPoint { TimeUnixNano = Start, AsInt = 5 } } },
        }))).PartialSuccess.Rejected, Is.EqualTo(1));
        LogRecord log = new() { TimeUnixNano = Start, Attributes = { All([("exception.type", "E"), ("exception.message", "m")]) } };
        Assert.That((await server.ExportAsync(Logs(log))).PartialSuccess.Rejected, Is.EqualTo(1));

        using HttpResponseMessage lines = await server.PostAsync(
            "/write", Encoding.UTF8.GetBytes($"thread,oname=s1 count=4 {Start}\nthread,oname=s9 count=4 {Start}"), "text/plain",
            token: "Token " + TestProjects.TokenOf(TestProjects.First), address: server.Server.Client.Address);
        Assert.That(lines.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await lines.Content.ReadAsStringAsync(), Does.Contain("is one agent more").And.Contain("dropped=1"));
        Assert.That(await server.SamplesAsync("thread"), Has.Length.EqualTo(1));
    }

    // What makes up a name for each sample, or chooses names with one id.
    [TestCase(false)]
    [TestCase(true)]
    public void Of_200_000_agents_as_many_as_may_be_are_kept_and_stay_known(bool haveOneId)
    {
        const int Most = 50_000;
        AdmittedAgents agents = new(Most);
        Timestamp now = new(20_000 * Day);
        bool TryAdmit(int agent) => agents.TryAdmit(1, haveOneId ? 7 : agent, Encoding.UTF8.GetBytes($"agent-{agent}"), now);
        int admitted = Enumerable.Range(0, 200_000).Count(TryAdmit);

        Assert.That(admitted, Is.EqualTo(Most));
        Assert.That(Enumerable.Range(0, Most).Count(TryAdmit), Is.EqualTo(Most));
        Assert.That(agents.TryAdmit(1, 0, "another"u8, now with { Milliseconds = now.Milliseconds + Day }), Is.True);
    }

    private Task<OtlpServer> StartAsync() =>
        OtlpServer.StartAsync(services => services.AddSingleton<TimeProvider>(_clock), "--Ingest:MaxAgents=3", "--Ui:Enabled=false");

    private Task<JsonElement> PushAsync(OtlpServer server, params string[] onames) => PushAsync(server, TestProjects.First, onames);

    private async Task<JsonElement> PushAsync(OtlpServer server, long pcode, string[] onames)
    {
        string body = JsonSerializer.Serialize(new { thread = onames.Select(oname => new { time = Now, oname, count = 1 }) });
        using HttpResponseMessage response = await SendAsync(server, body, pcode);
        string text = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), text);
        return JsonElement.Parse(text);
    }

    private static Task<HttpResponseMessage> SendAsync(OtlpServer server, string body, long pcode = TestProjects.First) =>
        server.Server.Client.SendAsync(Encoding.UTF8.GetBytes(body), "application/json", pcode);
}
