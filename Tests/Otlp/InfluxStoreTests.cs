using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using NUnit.Framework;
using TimeSeries.Fuzzing.Otlp.Messages;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;
using static TimeSeries.Tests.Otlp.Exports;

namespace TimeSeries.Tests.Otlp;

/// <summary>A server whose store is a real InfluxDB takes exports like one with a store of its own: statistics of both say the same.</summary>
internal sealed class InfluxStoreTests
{
    private const ulong TraceCount = 50;
    private const long From = (long)(Start / 1_000_000) - 1_000;

    private static readonly string[] _paths =
    [
        .. new[] { "transaction", "sql", "httpc", "exception", "thread_count" }.Select(name => $"/open/api/json/{name}/{From}/{From + 3_600_000}"),
        $"/api/v1/aggregate?kind=transaction&from={From}&to={From + 3_600_000}&by=service,status&measures=count,sum(sql_count),sum(sql_time),p95(elapsed)",
    ];

    [Test]
    public async Task Exports_give_the_same_statistics_from_InfluxDB_as_from_the_embedded_store()
    {
        await using SharedStore store = await SharedStore.StartAsync();
        ServerProcess influx = await store.StartHostAsync("Server", "node");
        await using OtlpServer embedded = await OtlpServer.StartAsync();
        IMessage[] exports = [.. MakeExports()];
        foreach (IMessage export in exports)
        {
            await embedded.ExportAsync(export);
            foreach (int _ in (int[])[1, 2])
            {
                // The second is a resend.
                await ExportAsync(influx.Client.Address, export);
            }
        }

        // Of each trace a transaction, two statements, a call and an exception; and one count of threads.
        await store.WaitForAsync((5 * (long)TraceCount) + 1);
        foreach (string path in _paths)
        {
            string expected = await embedded.Server.Client.GetAsync(path);
            Assert.That(Comparable(await influx.Client.GetAsync(path)), Is.EqualTo(Comparable(expected)), path);
        }

        Assert.That(await store.CountAsync(), Is.EqualTo((5 * (long)TraceCount) + 1));
    }

    private static IEnumerable<IMessage> MakeExports()
    {
        for (ulong trace = 1; trace <= TraceCount; trace++)
        {
            Span call = Span(ClientKind, 4, parent: 1, trace, attributes: [("http.request.method", "GET"), ("url.full", "http://pay:8080/x")]);
            Span request = Span(ServerKind, 1, trace: trace, attributes: [("http.route", $"/r{trace % 3}"), ("http.response.status_code", 500)]);
            request.Status = new Status { Code = trace % 2 == 0 ? 2 : 0 };
            request.Events.Add(Exception("E", $"m{trace % 5}"));
            yield return Traces(Sql(2, parent: 1, trace), call);
            yield return Traces(Sql(3, parent: 1, trace, "SELECT 'x'"), request);
        }

        yield return Metrics(new Metric
        {
            Name = ByteString.CopyFromUtf8("process.thread.count"),
            Gauge = new NumberData { DataPoints = { new NumberPoint { TimeUnixNano = Start, AsInt = 5 } } },
        });
    }

    // The watermark is a time, and the source of an aggregate is the store's own affair.
    private static string Comparable(string body) => body.Split(",\"source\":", 2)[0];

    private static async Task ExportAsync(Uri address, IMessage export)
    {
        string path = export is MetricExport ? "/v1/metrics" : "/v1/traces";
        using HttpClient client = new();
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(address, path)) { Content = new ByteArrayContent(export.ToByteArray()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(OtlpServer.Protobuf);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestProjects.TokenOf(TestProjects.First));
        using HttpResponseMessage response = await client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }
}
