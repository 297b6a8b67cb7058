using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using TimeSeries.Server;
using TimeSeries.Tests.Ingest;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Telemetry;

/// <summary>Metrics and traces of a server process arrive where OpenTelemetry's variables say.</summary>
internal sealed class OtlpTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string Secret = "secret-of-the-collector";

    private TemporaryFolder _folder = null!;
    private OtlpReceiver _receiver = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _folder = new TemporaryFolder();
        _receiver = await OtlpReceiver.StartAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _receiver.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Metrics_and_traces_arrive_under_the_host_s_name_and_continue_the_caller_s_trace()
    {
        using ServerProcess server = await StartServerAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", _receiver.Address), ("OTEL_EXPORTER_OTLP_HEADERS", $"authorization=Bearer%20{Secret}"));
        await PushAsync(server);
        await server.Client.GetAsync("/api/v1/aggregate?kind=transaction");
        await Eventually.IsTrueAsync(() => _receiver.Has("metrics", "timeseries.ingest.samples.received")
            && _receiver.Has("traces", "ingest.batch") && _receiver.Has("traces", "family"));

        Assert.Multiple(() =>
        {
            Assert.That(_receiver.Has("metrics", "timeseries-server") && _receiver.Has("traces", "timeseries-server"), Is.True);
            Assert.That(_receiver.Has("traces", Convert.FromHexString(TraceId)), Is.True);
            string[] parts = ["ingest.receive", "ingest.decode", "ingest.commit", "pcode", "kinds", "samples", "family", "rows_scanned", "source"];
            Assert.That(parts.Where(part => !_receiver.Has("traces", part)), Is.Empty);
            Assert.That(_receiver.Authorizations, Is.EqualTo(new[] { "Bearer " + Secret }));
        });
    }

    [Test]
    public async Task Neither_a_token_nor_a_text_of_a_sample_is_sent_and_no_header_is_logged()
    {
        using ServerProcess server = await StartServerAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", _receiver.Address), ("OTEL_EXPORTER_OTLP_HEADERS", $"authorization=Bearer%20{Secret}"));
        await PushAsync(server);
        await Eventually.IsTrueAsync(() => _receiver.Has("metrics", "timeseries.ingest.samples.received") && _receiver.Has("traces", "ingest.commit"));

        Assert.Multiple(() =>
        {
            foreach (string secret in (string[])[TestProjects.TokenOf(TestProjects.First), "/told-to-nobody"])
            {
                Assert.That(_receiver.Has("metrics", secret) || _receiver.Has("traces", secret), Is.False, secret);
            }

            Assert.That(server.Output, Does.Not.Contain(Secret));
        });
    }

    [Test]
    public async Task The_variables_choose_the_signal_and_the_service_s_name()
    {
        using ServerProcess server = await StartServerAsync(
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", _receiver.Address + "/v1/traces"),
            ("OTEL_SERVICE_NAME", "shop-metrics"), ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test"));
        await PushAsync(server);
        await Eventually.IsTrueAsync(() => _receiver.Has("traces", "ingest.batch"));

        Assert.That(
            (_receiver.Has("traces", "shop-metrics"), _receiver.Has("traces", "deployment.environment"), _receiver.Has("traces", "timeseries-server")),
            Is.EqualTo((true, true, false)));
        Assert.That(await server.TerminateAsync(TimeSpan.FromSeconds(20)), Is.Zero);
        Assert.That(_receiver.Has("metrics", ""), Is.False);
    }

    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [TestCase("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")]
    public async Task An_endpoint_that_is_no_URL_is_told_at_the_start_and_not_shown(string variable)
    {
        await using WebApplication server = ServerHost.Build(TestProjects.Arguments(_folder["data"], $"--{variable}=collector:secret"));
        OptionsValidationException? refused = await Assert.ThrowsAsync<OptionsValidationException>(() => server.StartAsync());

        Assert.That(refused!.Message, Does.Contain(variable + ": is no http or https URL").And.Not.Contain("secret"));
    }

    private Task<ServerProcess> StartServerAsync(params (string Name, string Value)[] variables) => ServerProcess.StartHostAsync(
        "Server", _folder["data"],
        [("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_METRIC_EXPORT_INTERVAL", "200"), ("OTEL_BSP_SCHEDULE_DELAY", "100"), .. variables]);

    private static async Task PushAsync(ServerProcess server)
    {
        using HttpClient client = new() { BaseAddress = server.Client.Address };
        using HttpRequestMessage request = new(HttpMethod.Post, IngestTestHost.Path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestProjects.TokenOf(TestProjects.First));
        request.Headers.Add("traceparent", $"00-{TraceId}-b7ad6b7169203331-01");
        request.Content = new StringContent(
            $$"""{"agent":{"oname":"a"},"transaction":[{"time":{{BatchGenerator.Start}},"service":"/told-to-nobody","elapsed":1}]}""",
            Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }
}
