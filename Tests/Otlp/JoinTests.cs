using System.Net;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Fuzzing.Otlp.Messages;
using TimeSeries.Ingest.Protocols.Otlp.Joining;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support;
using static TimeSeries.Tests.Otlp.Exports;

namespace TimeSeries.Tests.Otlp;

/// <summary>Which calls are in the sums of a transaction, whichever requests they came in, and what becomes of the others.</summary>
internal sealed class JoinTests
{
    private static readonly DateTimeOffset _now = DateTimeOffset.FromUnixTimeMilliseconds((long)(Start / 1_000_000));

    [Test]
    public async Task Calls_below_other_spans_count_for_the_transaction_above_them()
    {
        await using OtlpServer server = await OtlpServer.StartAsync();
        await server.ExportAsync(Traces(
            Sql(5, parent: 4), Span(ProducerKind, 4, parent: 3), Span(InternalKind, 3, parent: 1), Sql(6, parent: 1),
            Span(ClientKind, 7, parent: 3, attributes: [("http.request.method", "GET"), ("url.full", "http://pay/x")]), Span(ServerKind, 1)));

        JsonElement transaction = (await server.SamplesAsync("transaction")).Single();
        Assert.That(Sums(transaction), Is.EqualTo((2, 20.0, 1, 10.0)));
        Assert.That((await server.SamplesAsync("sql")).Select(sql => sql.GetProperty("service").GetString()), Is.All.EqualTo("n"));
        Assert.That(await server.MetricAsync("timeseries_otlp_join_total", "same_request"), Is.EqualTo(3));
    }

    [Test]
    public async Task Calls_of_an_earlier_request_count_also_below_spans_of_this_one()
    {
        await using OtlpServer server = await OtlpServer.StartAsync();
        await server.ExportAsync(Traces(Sql(5, parent: 3), Sql(6, parent: 1)));
        await server.ExportAsync(Traces(Span(InternalKind, 3, parent: 1)));
        await server.ExportAsync(Traces(Span(ServerKind, 1)));

        Assert.That(Sums((await server.SamplesAsync("transaction")).Single()), Is.EqualTo((2, 20.0, 0, 0.0)));
        Assert.That(await server.MetricAsync("timeseries_otlp_join_total", "earlier_request"), Is.EqualTo(2));
    }

    // Exporters send several exports at the same time when their process ends.
    [TestCase(false)]
    [TestCase(true)]
    public async Task Calls_of_a_request_that_is_on_its_way_count_once_it_is_stored(bool isRefused)
    {
        using ManualResetEventSlim goOn = new();
        FaultyFileSystem files = new();
        await using OtlpServer server = await OtlpServer.StartAsync(services => services.AddSingleton<IFileSystem>(files));
        if (isRefused)
        {
            files.Fail(FileOperation.Write, times: 1);
        }

        files.Before = (operation, path) =>
        {
            if (operation == (isRefused ? FileOperation.Write : FileOperation.Flush) && path.Contains("/log/", StringComparison.Ordinal))
            {
                goOn.Wait();
            }
        };
        Task<HttpResponseMessage> calls = server.PostAsync("/v1/traces", Traces(Sql(5, parent: 1), Sql(6, parent: 3)).ToByteArray());
        await Eventually.IsTrueAsync(async () => await server.MetricAsync("timeseries_otlp_items_in_flight") == 2);
        Task<HttpResponseMessage> transaction = server.PostAsync("/v1/traces", Traces(Span(InternalKind, 3, parent: 1), Span(ServerKind, 1)).ToByteArray());
        await Eventually.IsTrueAsync(async () => await server.MetricAsync("timeseries_otlp_items_in_flight") == 3);
        goOn.Set();
        using HttpResponseMessage first = await calls;
        using HttpResponseMessage second = await transaction;

        Assert.That(first.StatusCode, Is.EqualTo(isRefused ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK));
        if (second.StatusCode == HttpStatusCode.OK)
        {
            Assert.That(Sums((await server.SamplesAsync("transaction")).Single()), Is.EqualTo(isRefused ? (0, 0.0, 0, 0.0) : (2, 20.0, 0, 0.0)));
        }

        Assert.That(await server.MetricAsync("timeseries_otlp_join_total", "earlier_request"), Is.EqualTo(isRefused ? 0 : 2));
        Assert.That(await server.MetricAsync("timeseries_otlp_items_in_flight"), Is.Zero);
    }

    // Where a transaction's name is known, and its id in any case.
    [TestCase("same", false)]
    [TestCase("same", true)]
    [TestCase("other", false)]
    [TestCase("other", true)]
    public async Task An_exception_leads_to_its_transaction_whichever_came_first(string export, bool isFirst)
    {
        await using OtlpServer server = await OtlpServer.StartAsync();
        Span inner = Span(InternalKind, 2, parent: 1);
        inner.Events.Add(Exception("E", "m"));
        Span[] spans = isFirst ? [inner, Span(ServerKind, 1)] : [Span(ServerKind, 1), inner];
        foreach (Span[] one in export == "same" ? [spans] : spans.Select(span => new[] { span }))
        {
            await server.ExportAsync(Traces(one));
        }

        JsonElement exception = (await server.SamplesAsync("exception")).Single();
        JsonElement transaction = (await server.SamplesAsync("transaction")).Single();
        Assert.That(exception.GetProperty("txid").GetString(), Is.EqualTo(transaction.GetProperty("txid").GetString()));
        Assert.That(exception.GetProperty("oname").GetString(), Is.EqualTo(transaction.GetProperty("oname").GetString()));
        string? service = exception.TryGetProperty("service", out JsonElement name) ? name.GetString() : null;
        Assert.That(service, Is.EqualTo(export == "same" ? "n" : null));
    }

    [Test]
    public async Task Traces_agents_and_projects_are_kept_apart()
    {
        await using OtlpServer server = await OtlpServer.StartAsync();
        await server.ExportAsync(Traces(Sql(5, parent: 1, trace: 2)));
        await server.ExportAsync(new TraceExport { ResourceSpans = { Resource([Sql(5, parent: 1)], ("service.name", "other")) } });
        using HttpResponseMessage other = await server.PostAsync(
            "/v1/traces", Traces(Sql(5, parent: 1)).ToByteArray(), token: Support.Hosts.TestProjects.TokenOf(Support.Hosts.TestProjects.Second));
        await server.ExportAsync(Traces(Span(ServerKind, 1)));

        Assert.That(Sums((await server.SamplesAsync("transaction")).Single()), Is.EqualTo((0, 0.0, 0, 0.0)));
    }

    [Test]
    public async Task Calls_of_no_transaction_are_counted_as_orphans()
    {
        await using OtlpServer server = await OtlpServer.StartAsync();
        Span itself = Span(InternalKind, 9, parent: 9);
        Span[] circle = [Span(InternalKind, 10, parent: 11), Span(InternalKind, 11, parent: 12), Span(InternalKind, 12, parent: 10)];
        await server.ExportAsync(Traces([Sql(1, parent: 0), itself, Sql(2, parent: 9), .. circle, Sql(3, parent: 11)]));
        Assert.That(await server.MetricAsync("timeseries_otlp_join_total", "orphan"), Is.EqualTo(3));
        Assert.That(await server.SamplesAsync("sql"), Has.Length.EqualTo(3));
    }

    [TestCase(64, 1)]
    [TestCase(65, 0)]
    public async Task A_call_counts_up_to_64_spans_above_it(int between, int expected)
    {
        await using OtlpServer server = await OtlpServer.StartAsync();
        IEnumerable<Span> chain = Enumerable.Range(2, between).Select(i => Span(InternalKind, (ulong)i, parent: (ulong)i - 1));
        await server.ExportAsync(Traces([Span(ServerKind, 1), .. chain, Sql(1_000, parent: (ulong)between + 1)]));
        Assert.That(Sums((await server.SamplesAsync("transaction")).Single()).SqlCount, Is.EqualTo(expected));
        Assert.That(await server.MetricAsync("timeseries_otlp_join_total", "orphan"), Is.EqualTo(1 - expected));
    }

    [Test]
    public async Task A_call_whose_transaction_does_not_come_expires()
    {
        FakeTimeProvider clock = new(_now);
        await using OtlpServer server = await OtlpServer.StartAsync(services => services.AddSingleton<TimeProvider>(clock));
        await server.ExportAsync(Traces(Sql(5, parent: 1)));
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.That(await server.MetricAsync("timeseries_otlp_join_total", "expired"), Is.Zero);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.That(await server.MetricAsync("timeseries_otlp_join_total", "expired"), Is.EqualTo(1));
        await server.ExportAsync(Traces(Span(ServerKind, 1)));
        Assert.That(Sums((await server.SamplesAsync("transaction")).Single()).SqlCount, Is.Zero);
    }

    [Test]
    public async Task With_too_many_that_wait_the_oldest_of_a_shard_go()
    {
        await using OtlpServer server = await OtlpServer.StartAsync("--Otlp:JoinEntries=16");
        await server.ExportAsync(Traces(Enumerable.Range(1, 200).Select(i => Sql((ulong)i, parent: 1_000, trace: (ulong)i))));
        double evicted = await server.MetricAsync("timeseries_otlp_join_total", "evicted");
        Assert.That(evicted, Is.InRange(184, 199));
    }

    [Test]
    public async Task A_503_and_its_resend_give_the_rows_of_an_undisturbed_push()
    {
        FaultyFileSystem files = new();
        await using OtlpServer server = await OtlpServer.StartAsync(services => services.AddSingleton<IFileSystem>(files));
        await server.ExportAsync(Traces(Sql(5, parent: 1), Sql(6, parent: 2, trace: 2)));
        Event exception = Exception("E", "m");
        Span first = Span(ServerKind, 1);
        first.Events.Add(exception);
        byte[] export = Traces(first, Sql(7, parent: 1), Sql(8, parent: 3, trace: 3)).ToByteArray();

        files.Fail(FileOperation.Write, times: int.MaxValue);
        using HttpResponseMessage refused = await server.PostAsync("/v1/traces", export);
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(refused.Headers.RetryAfter, Is.Not.Null);
        files.Heal();
        await Eventually.IsTrueAsync(async () =>
        {
            using HttpResponseMessage again = await server.PostAsync("/v1/traces", export);
            return again.StatusCode == HttpStatusCode.OK;
        });
        using HttpResponseMessage repeat = await server.PostAsync("/v1/traces", export);
        await server.ExportAsync(Traces(Span(ServerKind, 3, trace: 3), Span(ServerKind, 2, trace: 2)));

        JsonElement[] transactions = await server.SamplesAsync("transaction");
        Assert.That(transactions.Select(row => (row.GetProperty("txid").GetString()![^1], Sums(row).SqlCount)).Order(),
            Is.EqualTo(new[] { ('1', 2), ('2', 1), ('3', 1) }));
        Assert.That(await server.SamplesAsync("exception"), Has.Length.EqualTo(1));
        Assert.That(await server.SamplesAsync("sql"), Has.Length.EqualTo(4));
        Assert.That(await server.MetricAsync("timeseries_otlp_items_in_flight"), Is.Zero);
    }

    [Test]
    public async Task An_exception_that_several_spans_and_a_log_record_report_is_one()
    {
        await using OtlpServer server = await OtlpServer.StartAsync();
        Span[] spans = [Span(InternalKind, 2, parent: 1), Span(ServerKind, 1), Span(ServerKind, 3, trace: 2)];
        foreach (Span span in spans)
        {
            span.Events.Add(Exception("E", "m"));
        }

        await server.ExportAsync(Traces(spans));
        LogRecord log = new() { TimeUnixNano = Start, TraceId = TraceId(1), Attributes = { All([("exception.type", "E"), ("exception.message", "m")]) } };
        await server.ExportAsync(Logs(log));
        LogRecord without = new() { TimeUnixNano = Start, Attributes = { All([("exception.type", "E"), ("exception.message", "m")]) } };
        await server.ExportAsync(Logs(without, without.Clone()));

        // One a trace, and those that tell no trace.
        Assert.That(await server.SamplesAsync("exception"), Has.Length.EqualTo(4));
        Assert.That(await server.MetricAsync("timeseries_ingest_samples_duplicate_total", "kind=\"exception\""), Is.EqualTo(2));
        Assert.That(await server.MetricAsync("timeseries_otlp_items_total", "signal=\"logs\"", "outcome=\"duplicate\""), Is.EqualTo(1));
    }

    [Test]
    public async Task An_exception_that_two_requests_report_at_the_same_time_is_one()
    {
        using ManualResetEventSlim goOn = new();
        FaultyFileSystem files = new();
        await using OtlpServer server = await OtlpServer.StartAsync(services => services.AddSingleton<IFileSystem>(files));
        files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Flush && path.Contains("/log/", StringComparison.Ordinal))
            {
                goOn.Wait();
            }
        };
        Span span = Span(ServerKind, 1);
        span.Events.Add(Exception("E", "m"));
        LogRecord log = new() { TimeUnixNano = Start, TraceId = TraceId(1), Attributes = { All([("exception.type", "E"), ("exception.message", "m")]) } };
        Task spans = server.ExportAsync(Traces(span));
        await Eventually.IsTrueAsync(async () => await server.MetricAsync("timeseries_otlp_items_in_flight") > 0);
        Task logs = server.ExportAsync(Logs(log));
        await Eventually.IsTrueAsync(async () => await server.MetricAsync("timeseries_otlp_items_in_flight")
            + await server.MetricAsync("timeseries_otlp_items_total", "signal=\"logs\"", "outcome=\"duplicate\"") == 2);
        goOn.Set();
        await Task.WhenAll(spans, logs);
        Assert.That(await server.SamplesAsync("exception"), Has.Length.EqualTo(1));
        Assert.That(await server.MetricAsync("timeseries_otlp_items_total", "signal=\"logs\"", "outcome=\"duplicate\""), Is.EqualTo(1));
    }

    [Test]
    public async Task What_leaves_an_exception_to_another_export_is_refused_when_that_is()
    {
        using ManualResetEventSlim goOn = new();
        FaultyFileSystem files = new();
        await using OtlpServer server = await OtlpServer.StartAsync(services => services.AddSingleton<IFileSystem>(files));
        Span span = Span(ServerKind, 1);
        span.Events.Add(Exception("E", "m"));
        LogRecord log = new() { TimeUnixNano = Start, TraceId = TraceId(1), Attributes = { All([("exception.type", "E"), ("exception.message", "m")]) } };
        (string Path, byte[] Body)[] exports = [("/v1/traces", Traces(span).ToByteArray()), ("/v1/logs", Logs(log).ToByteArray())];

        files.Fail(FileOperation.Write, times: int.MaxValue);
        files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Write && path.Contains("/log/", StringComparison.Ordinal))
            {
                goOn.Wait();
            }
        };
        Task<HttpResponseMessage> spans = server.PostAsync(exports[0].Path, exports[0].Body);
        await Eventually.IsTrueAsync(async () => await server.MetricAsync("timeseries_otlp_items_in_flight") > 0);
        Task<HttpResponseMessage> logs = server.PostAsync(exports[1].Path, exports[1].Body);
        await Eventually.IsTrueAsync(async () =>
            await server.MetricAsync("timeseries_otlp_items_total", "signal=\"logs\"", "outcome=\"duplicate\"") == 1);
        goOn.Set();
        foreach (HttpResponseMessage refused in await Task.WhenAll(spans, logs))
        {
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            refused.Dispose();
        }

        files.Heal();
        foreach ((string path, byte[] body) in exports.Reverse())
        {
            await Eventually.IsTrueAsync(async () =>
            {
                using HttpResponseMessage again = await server.PostAsync(path, body);
                return again.StatusCode == HttpStatusCode.OK;
            });
        }

        Assert.That(await server.SamplesAsync("exception"), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Of_two_exports_that_bring_the_same_exceptions_at_the_same_time_each_is_stored_once()
    {
        const int Rounds = 4;
        const int Exceptions = 1_000;
        await using OtlpServer server = await OtlpServer.StartAsync();
        for (int round = 0; round < Rounds; round++)
        {
            ulong[] traces = [.. Enumerable.Range(1, Exceptions).Select(i => (ulong)(round * Exceptions + i))];
            Span[] spans = [.. traces.Select(trace => Span(ServerKind, 1, trace: trace))];
            foreach (Span span in spans)
            {
                span.Events.Add(Exception("E", "m"));
            }

            IEnumerable<LogRecord> logs = traces.Reverse().Select(trace => new LogRecord
            {
                TimeUnixNano = Start,
                TraceId = TraceId(trace),
                Attributes = { All([("exception.type", "E"), ("exception.message", "m")]) },
            });
            await Task.WhenAll(server.ExportAsync(Traces(spans)), server.ExportAsync(Logs(logs)));
        }

        Assert.That(await server.MetricAsync("timeseries_ingest_samples_stored_total", "kind=\"exception\""), Is.EqualTo(Rounds * Exceptions));
    }

    [Test]
    public async Task A_log_record_of_dotnet_has_its_class_without_the_namespace_and_is_the_event_s_exception()
    {
        await using OtlpServer server = await OtlpServer.StartAsync();
        const string Stack = "Shop.Data.Missing+Row (0x80004005): none\n   at Shop.Data.Find()";
        LogRecord log = new()
        {
            TimeUnixNano = Start,
            TraceId = TraceId(1),
            Attributes = { All([("exception.type", "Row"), ("exception.message", "none"), ("exception.stacktrace", Stack)]) },
        };
        Span span = Span(ServerKind, 1);
        span.Events.Add(new Event
        {
            Name = ByteString.CopyFromUtf8("exception"),
            TimeUnixNano = Start,
            Attributes = { All([("exception.type", "Shop.Data.Missing+Row"), ("exception.message", "none"), ("exception.stacktrace", Stack)]) },
        });
        await server.ExportAsync(Logs(log));
        await server.ExportAsync(Traces(span));
        Assert.That((await server.SamplesAsync("exception")).Single().GetProperty("class").GetString(), Is.EqualTo("Shop.Data.Missing+Row"));
    }

    [TestCase("ValueError", "Traceback (most recent call last):\n  File", "ValueError")]
    [TestCase("TypeError", "TypeError: x is not a function\n    at f", "TypeError")]
    [TestCase("java.io.IOException", "java.io.IOException: gone\n\tat A.b", "java.io.IOException")]
    [TestCase("Error", "SomeError: no\n", "Error")]
    [TestCase("Error", "Some.Error", "Some.Error")]
    [TestCase("Error", "", "Error")]
    [TestCase("", "Some.Error: no", "(unknown)")]
    public async Task A_class_is_taken_from_the_stack_only_where_that_has_its_namespace(string type, string stack, string expected)
    {
        await using OtlpServer server = await OtlpServer.StartAsync();
        await server.ExportAsync(Logs(new LogRecord
        {
            TimeUnixNano = Start,
            Attributes = { All([("exception.type", type), ("exception.message", "m"), ("exception.stacktrace", stack)]) },
        }));
        Assert.That((await server.SamplesAsync("exception")).Single().GetProperty("class").GetString(), Is.EqualTo(expected));
    }

    // Ids that count up are in the bytes that a plain combination of hashes leaves out of a table's index: 100,000 of them took ten seconds.
    [Test]
    public void Ids_that_count_up_are_spread_over_a_table()
    {
        const int Keys = 4_096;
        IEnumerable<SpanKey> keys = Enumerable.Range(1, Keys).Select(i => SpanKey.Of(1, 2, TraceId((ulong)i).Span, SpanId(1).Span));
        int used = keys.Select(key => key.GetHashCode() & (Keys - 1)).Distinct().Count();

        // Of as many throws into as many buckets, 63 % of the buckets get one.
        Assert.That(used, Is.InRange(Keys * 0.58, Keys * 0.68));
    }

    private static (int SqlCount, double SqlTime, int HttpcCount, double HttpcTime) Sums(JsonElement transaction) => (
        transaction.GetProperty("sql_count").GetInt32(), transaction.GetProperty("sql_time").GetDouble(), transaction.GetProperty("httpc_count").GetInt32(),
        transaction.GetProperty("httpc_time").GetDouble());
}
