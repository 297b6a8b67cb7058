using System.Globalization;
using NUnit.Framework;
using TimeSeries.Ingest.Protocols.Otlp;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Otlp.Shop;

/// <summary>
/// Two shops push, over HTTP and gRPC, to a server that has memory for one export at a time while twelve more exporters push as fast as it responds, and that
/// is killed meanwhile: what it acknowledged is there, and nothing is there twice. OVERLOAD_SECONDS makes a longer run of it, with 32 exporters and a kill
/// every ten seconds.
/// </summary>
internal sealed class OverloadTests
{
    private const int NormalSeconds = 4;
    private const int RequestsAtATime = 2;

    private static readonly string[] _options =
        ["--Ingest:MaxRequestBytes=4KiB", "--Ingest:MaxInflatedBytes=4KiB", "--Ingest:QueueBytes=64KiB", "--Storage:HeadBytes=1048576"];

    private static int Seconds =>
        int.TryParse(Environment.GetEnvironmentVariable("OVERLOAD_SECONDS"), CultureInfo.InvariantCulture, out int seconds) ? seconds : NormalSeconds;

    // Beside other tests processors are few.
    private static int Exporters => Seconds > NormalSeconds ? 32 : 12;

    [Test]
    public async Task What_was_acknowledged_is_there_once_through_overload_and_kills()
    {
        await using PostgresServer database = await PostgresServer.StartAsync();
        using TemporaryFolder folder = new();
        (int http, int grpc) = (Ports.FindFree(), Ports.FindFree());
        string[] options = [.. _options, $"--Otlp:Http=http://127.0.0.1:{http}", $"--Otlp:Grpc=http://127.0.0.1:{grpc}"];
        ServerProcess server = await ServerProcess.StartAsync(folder, options);
        try
        {
            await using ExportRelay overHttp = await ExportRelay.StartAsync(new Uri($"http://127.0.0.1:{http}"), isGrpc: false);
            await using ExportRelay overGrpc = await ExportRelay.StartAsync(new Uri($"http://127.0.0.1:{grpc}"), isGrpc: true);
            using ShopProcess first = await StartShopAsync(database, overHttp, "http/protobuf");
            using ShopProcess second = await StartShopAsync(database, overGrpc, "grpc");
            using Flood flood = new(overHttp.Address, Exporters);
            using CancellationTokenSource end = new();
            flood.Start();
            Task[] load = [DriveAsync(first, end.Token), DriveAsync(second, end.Token)];
            int kills = Math.Max(2, Seconds / 10);
            TimeSpan period = TimeSpan.FromSeconds((double)Seconds / (kills + 1));
            for (int start = 0; start < kills; start++)
            {
                await TakeAsync(period, overHttp, overGrpc);
                server.Kill();
                server.Dispose();
                (overHttp.Start, overGrpc.Start) = (start + 1, start + 1);
                server = await ServerProcess.StartAsync(folder, options);
            }

            await TakeAsync(period, overHttp, overGrpc);
            await end.CancelAsync();
            await Task.WhenAll(load);
            await flood.StopAsync();
            await Task.WhenAll(first.StopAsync(), second.StopAsync());
            foreach (ExportRelay relay in (ExportRelay[])[overHttp, overGrpc])
            {
                RelayedOutcome[] outcomes = [.. relay.Exports.Select(export => export.Outcome)];
                Assert.That(outcomes, Does.Contain(RelayedOutcome.Stored).And.Contain(RelayedOutcome.Later), $"{relay.Address}");
                int again = relay.Exports.CountBy(export => export.Hash).Count(pair => pair.Value > 1);
                Assert.That(again, Is.Positive, $"exports sent again to {relay.Address}");
            }

            await CheckAsync(server.Client, [.. overHttp.Exports, .. overGrpc.Exports], kills);
        }
        finally
        {
            server.Dispose();
        }
    }

    private static Task<ShopProcess> StartShopAsync(PostgresServer database, ExportRelay relay, string protocol) => ShopProcess.StartAsync(
        database, relay.Address, protocol, protocol[..4], TestProjects.TokenOf(TestProjects.First),
        ("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "in_memory"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "5000"),

        // What is far larger than that memory is not taken, however often it is sent.
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "16"), ("OTEL_BSP_MAX_QUEUE_SIZE", "256"),
        ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "16"), ("OTEL_BLRP_MAX_QUEUE_SIZE", "256"));

    private static async Task DriveAsync(ShopProcess shop, CancellationToken cancellation)
    {
        for (int i = 0; !cancellation.IsCancellationRequested; i++)
        {
            await shop.GetAllAsync([$"/cart/{i}", $"/checkout/{i}", $"/refund/{i}", "/broken"], RequestsAtATime);
        }
    }

    // Some time under load, and until this start of the server has acknowledged something.
    private static async Task TakeAsync(TimeSpan period, params ExportRelay[] relays)
    {
        await Task.Delay(period);
        await Eventually.IsTrueAsync(() => relays.Any(relay => relay.Exports.Any(
            export => export is { Outcome: RelayedOutcome.Stored, Signal: TelemetrySignal.Traces } && export.Start == relay.Start)));
    }

    private static async Task CheckAsync(ServerClient client, RelayedExport[] exports, int lastStart)
    {
        RelayedExport[] acknowledged = [.. exports.Where(export => export.Outcome == RelayedOutcome.Stored)];
        SpanRows stored = await SpanRows.OfAsync(client);
        SpanRows expected = SpanRows.Of(acknowledged);
        int resent = acknowledged.Length - acknowledged.DistinctBy(export => export.Hash).Count();
        string outcomes = string.Join(", ", exports.CountBy(export => export.Outcome).Select(pair => $"{pair.Key} {pair.Value}"));
        await TestContext.Out.WriteLineAsync(
            $"{exports.Length} exports: {outcomes}; {resent} acknowledged again; {expected.Count} spans acknowledged, {stored.Count} stored");
        Assert.Multiple(() =>
        {
            Assert.That(expected.Beyond(stored), Is.Empty, "acknowledged and not there");
            Assert.That(stored.Beyond(SpanRows.Of(exports)), Is.Empty, "there twice, or never sent");
            Assert.That(exports.Select(export => export.Outcome), Does.Contain(RelayedOutcome.Unknown).And.Not.Contain(RelayedOutcome.Refused));
            Assert.That(resent, Is.Positive);
        });
        await CheckLedgerAsync(client, [.. acknowledged.Where(export => export.Start == lastStart)]);
    }

    // Counts begin with a start of the server. What it refused for now was not stored, whether it looked into the export or not.
    private static async Task CheckLedgerAsync(ServerClient client, RelayedExport[] acknowledged)
    {
        string metrics = await client.GetAsync("/metrics");
        Assert.Multiple(() =>
        {
            foreach (TelemetrySignal signal in TelemetrySignals.All)
            {
                string label = $"signal=\"{TelemetrySignals.NameOf(signal)}\"";
                double refused = MetricsText.Sum(metrics, "timeseries_otlp_items_total", label, "reason=\"unavailable\"");
                double all = MetricsText.Sum(metrics, "timeseries_otlp_items_total", label);
                Assert.That(all - refused, Is.EqualTo(acknowledged.Where(export => export.Signal == signal).Sum(export => export.Items)), label);
                Assert.That(MetricsText.Sum(metrics, "timeseries_otlp_items_in_flight", label), Is.Zero, label);
            }

            double[] ends = [.. new[] { "stored", "rejected", "duplicate" }.Select(end => MetricsText.Sum(metrics, $"timeseries_ingest_samples_{end}_total"))];
            Assert.That(MetricsText.Sum(metrics, "timeseries_ingest_samples_received_total"), Is.EqualTo(ends.Sum()));
        });
    }
}
