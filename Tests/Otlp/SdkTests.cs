using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Otlp;

/// <summary>OpenTelemetry's own SDK for .NET pushes here with nothing but an address and a header, over HTTP and gRPC.</summary>
internal sealed class SdkTests
{
    private const int Requests = 40;

    [TestCase(OtlpExportProtocol.HttpProtobuf)]
    [TestCase(OtlpExportProtocol.Grpc)]
    public async Task What_an_instrumented_application_counted_comes_back(OtlpExportProtocol protocol)
    {
        await using OtlpServer server = await OtlpServer.StartAsync();
        string name = $"sdk-{protocol}";
        ResourceBuilder resource = ResourceBuilder.CreateEmpty().AddService(name, serviceInstanceId: "one");
        using ActivitySource source = new(name);
        using Meter meter = new(name);
        meter.CreateObservableGauge("process.thread.count", () => 17);

        // The exporters flush when they are disposed.
        using (TracerProvider tracer = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(name)
            .AddOtlpExporter(exporter => Point(exporter, server, protocol, "traces")).Build())
        using (MeterProvider metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(name)
            .AddOtlpExporter(exporter => Point(exporter, server, protocol, "metrics")).Build())
        using (ILoggerFactory logs = LoggerFactory.Create(builder => builder.AddOpenTelemetry(options =>
            options.SetResourceBuilder(resource).AddOtlpExporter(exporter => Point(exporter, server, protocol, "logs")))))
        {
            for (int i = 0; i < Requests; i++)
            {
                Serve(source, isError: i % 4 == 0);
            }

            ILogger logger = logs.CreateLogger("shop");
            LoggerMessage.Define(LogLevel.Error, new EventId(1), "It failed.")(logger, new InvalidOperationException("of a log"));
            Assert.That(tracer.ForceFlush(10_000) && metrics.ForceFlush(10_000), Is.True);
        }

        JsonElement[] transactions = await server.SamplesAsync("transaction");
        Assert.That(transactions, Has.Length.EqualTo(Requests));
        Assert.That(transactions.Select(row => row.GetProperty("oname").GetString()), Is.All.EqualTo($"{name}-one"));
        Assert.That(transactions.Count(row => row.GetProperty("error").GetBoolean()), Is.EqualTo(Requests / 4));
        Assert.That(transactions.Sum(row => row.GetProperty("sql_count").GetInt32()), Is.EqualTo(2 * Requests));
        Assert.That(transactions.Sum(row => row.GetProperty("httpc_count").GetInt32()), Is.EqualTo(Requests));
        Assert.That((await server.SamplesAsync("sql")).Length, Is.EqualTo(2 * Requests));
        Assert.That((await server.SamplesAsync("httpc")).Length, Is.EqualTo(Requests));
        Assert.That((await server.SamplesAsync("exception")).Select(row => row.GetProperty("message").GetString()),
            Has.Exactly(Requests / 4).EqualTo("of a span").And.Exactly(1).EqualTo("of a log"));
        Assert.That((await server.SamplesAsync("thread")).Select(row => row.GetProperty("count").GetInt32()), Is.Not.Empty.And.All.EqualTo(17));
        string whatap = await server.Server.Client.GetAsync("/open/api/json/transaction");
        Assert.That(whatap, Does.Contain($"\"count\":{Requests}"));
    }

    private static void Serve(ActivitySource source, bool isError)
    {
        using Activity request = source.StartActivity("GET /cart/{id}", ActivityKind.Server, parentContext: default)!;
        request.SetTag("http.request.method", "GET").SetTag("http.route", "/cart/{id}").SetTag("http.response.status_code", isError ? 500 : 200);
        for (int i = 0; i < 2; i++)
        {
            using Activity sql = source.StartActivity("SELECT", ActivityKind.Client)!;
            sql.SetTag("db.system.name", "postgresql").SetTag("db.query.text", "SELECT 1");
        }

        using (Activity call = source.StartActivity("GET", ActivityKind.Client)!)
        {
            call.SetTag("http.request.method", "GET").SetTag("url.full", "http://pay/api");
        }

        if (isError)
        {
            request.AddException(new TimeoutException("of a span"));
            request.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static void Point(OtlpExporterOptions exporter, OtlpServer server, OtlpExportProtocol protocol, string signal)
    {
        exporter.Protocol = protocol;
        exporter.Endpoint = protocol == OtlpExportProtocol.Grpc ? server.GrpcAddress : new Uri(server.HttpAddress, $"/v1/{signal}");
        exporter.Headers = $"authorization=Bearer%20{TestProjects.TokenOf(TestProjects.First)}";
    }
}
