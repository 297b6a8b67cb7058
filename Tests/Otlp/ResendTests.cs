using System.Net;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support;
using static TimeSeries.Tests.Otlp.Exports;

namespace TimeSeries.Tests.Otlp;

/// <summary>
/// An export that is sent again in the same bytes is stored once: through restarts, as long as it is remembered, and after a call whose time was over.
/// </summary>
internal sealed class ResendTests
{
    private const string Method = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    private static readonly byte[] _export = Traces(Span(ServerKind, 1), Sql(2, parent: 1)).ToByteArray();

    [TestCase(9, 1)]
    [TestCase(11, 2)]
    public async Task An_export_is_remembered_through_a_restart_for_ten_minutes(int minutes, int expected)
    {
        FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeMilliseconds((long)(Start / 1_000_000)));
        FaultyFileSystem files = new();
        await using (OtlpServer first = await StartAsync(files, clock))
        {
            await PostAsync(first);
            await PostAsync(first);
            Assert.That(await first.SamplesAsync("transaction"), Has.Length.EqualTo(1));
        }

        clock.Advance(TimeSpan.FromMinutes(minutes));
        await using OtlpServer second = await StartAsync(files, clock);
        await PostAsync(second);
        Assert.That(await second.SamplesAsync("transaction"), Has.Length.EqualTo(expected));
        Assert.That(await second.MetricAsync("timeseries_otlp_items_total", "signal=\"traces\"", "outcome=\"duplicate\""), Is.EqualTo(expected == 1 ? 2 : 0));
    }

    [Test]
    public async Task A_call_whose_time_is_over_is_told_so_and_its_resend_is_stored_once()
    {
        using ManualResetEventSlim goOn = new();
        FaultyFileSystem files = new();
        await using OtlpServer server = await StartAsync(files, TimeProvider.System);
        files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Flush && path.Contains("/log/", StringComparison.Ordinal))
            {
                goOn.Wait();
            }
        };
        string[] late = await CallAsync(server, "100m");
        goOn.Set();
        files.Before = null;
        Assert.That(late, Is.EqualTo((string[])["4", "the batch was not stored in time; it may be later, and sent again it is stored once"]));

        await Eventually.IsTrueAsync(async () => (await CallAsync(server, "1H"))[0] == "0");
        Assert.That(await server.SamplesAsync("transaction"), Has.Length.EqualTo(1));
        Assert.That(await server.MetricAsync("timeseries_otlp_items_in_flight"), Is.Zero);
    }

    [TestCase("1S")]
    [TestCase("99999999M")]
    [TestCase("99999999u")]
    [TestCase("99999999n", "4")]
    [TestCase("0m", "4")]
    [TestCase("999999999S")]
    [TestCase("1s")]
    [TestCase("-1S")]
    [TestCase("S")]
    public async Task What_is_no_time_is_passed_over(string timeout, string expected = "0")
    {
        await using OtlpServer server = await OtlpServer.StartAsync();
        string status = (await CallAsync(server, timeout))[0];

        // What is shorter than a flush may be over, and need not be.
        Assert.That(status, expected == "0" ? Is.EqualTo("0") : Is.AnyOf("0", expected));
    }

    private static Task<OtlpServer> StartAsync(FaultyFileSystem files, TimeProvider clock) =>
        OtlpServer.StartAsync(services => services.AddSingleton<IFileSystem>(files).AddSingleton(clock), "--Storage:Directory=/data");

    private static async Task PostAsync(OtlpServer server)
    {
        using HttpResponseMessage response = await server.PostAsync("/v1/traces", _export);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    // The status, and the message where there is one.
    private static async Task<string[]> CallAsync(OtlpServer server, string timeout)
    {
        byte[] frame = [0, 0, 0, (byte)(_export.Length >> 8), (byte)_export.Length, .. _export];
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(server.GrpcAddress, Method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        request.Headers.TryAddWithoutValidation("authorization", "Bearer " + Support.Hosts.TestProjects.TokenOf(Support.Hosts.TestProjects.First));
        request.Headers.TryAddWithoutValidation("grpc-timeout", timeout);
        using HttpResponseMessage response = await server.Http.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        return
        [
            .. new[] { "grpc-status", "grpc-message" }
                .SelectMany(name => response.TrailingHeaders.TryGetValues(name, out IEnumerable<string>? values) ? values : []),
        ];
    }
}
