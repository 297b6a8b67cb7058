using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Api;

/// <summary>CSV, NDJSON and streaming of <c>/api/v1/aggregate</c>.</summary>
public sealed class AggregateFormatTests
{
    private const long Time = QueryTestHost.Now - 1_000;

    private static readonly string[] _hostile = ["plain", "a,b", "say \"hi\"", "two\r\nlines", "=1+1", " blank ", "한국어"];

    [Test]
    public async Task Csv_has_a_header_line_and_quotes_what_needs_it()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            [.. _hostile.Select((text, i) => Statement(text, i)), new Row(Kind.Sql, Time).With("elapsed", 5)]);
        using HttpResponseMessage response = await host.OwnAsync(
            "/api/v1/aggregate?kind=sql&by=sql&measures=avg(elapsed),avg(fetch_count),count&format=csv&limit=7");
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(
            "sql,avg(elapsed),avg(fetch_count),count\r\n,0.005,,1\r\n blank ,0.005,,1\r\n'=1+1,0.004,,1\r\n\"a,b\",0.001,,1\r\nplain,0,,1\r\n"
            + "\"say \"\"hi\"\"\",0.002,,1\r\n\"two\r\nlines\",0.003,,1\r\n"));
        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/csv; charset=utf-8; header=present"));
        Assert.That(
            (response.Headers.GetValues("x-total").Single(), response.Headers.GetValues("x-source").Single(),
                response.Headers.GetValues("x-watermark").Single()),
            Is.EqualTo(("8", "raw", "2023-01-29T12:02:03.456Z")));
    }

    [Test]
    public async Task Ndjson_is_an_object_a_line()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(Statement("two\r\nlines", 7_000), Statement("b", 1));
        using HttpResponseMessage response = await host.OwnAsync("/api/v1/aggregate?kind=sql&by=sql,db&measures=max(elapsed)&format=ndjson&window=1d");
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(
            "{\"time\":1674950400000,\"sql\":\"b\",\"db\":null,\"max(elapsed)\":0.001}\n"
            + "{\"time\":1674950400000,\"sql\":\"two\\r\\nlines\",\"db\":null,\"max(elapsed)\":7}\n"));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/x-ndjson"));
    }

    [TestCase("json")]
    [TestCase("csv")]
    [TestCase("ndjson")]
    [TestCase("msgpack")]
    public async Task A_long_response_streams_whole(string format)
    {
        string padding = new('x', 1_000);
        await using QueryTestHost host = await QueryTestHost.StartAsync([.. Enumerable.Range(1_000, 2_000).Select(i => Statement($"{padding}{i}", i))]);
        using HttpResponseMessage response = await host.OwnInFormatAsync("/api/v1/aggregate?kind=sql&by=sql&limit=2000", format);
        string body = await response.Content.ReadAsStringAsync();
        Assert.That(response.Headers.TransferEncodingChunked, Is.True);
        Assert.That(Enumerable.Range(1_000, 2_000).All(i => body.Contains($"{padding}{i}", StringComparison.Ordinal)), Is.True);
    }

    [TestCase("json")]
    [TestCase("csv")]
    [TestCase("msgpack")]
    public async Task A_failure_in_the_middle_cuts_the_connection(string format)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(new BrokenReader(100));
        foreach (string path in (string[])["aggregate?kind=sql&by=sql", "samples?kind=sql"])
        {
            Assert.That(async () =>
            {
                using HttpResponseMessage response = await host.OwnInFormatAsync($"/api/v1/{path}", format);
                return await response.Content.ReadAsStringAsync();
            }, Throws.InstanceOf<HttpRequestException>());
        }
    }

    [TestCase("json")]
    [TestCase("msgpack")]
    public async Task Rows_are_sent_before_the_last_one_is_made(string format)
    {
        const int Rows = 20_000;
        using ManualResetEventSlim arrived = new();
        TaskCompletionSource<bool> cameInTime = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            new BrokenReader(Rows) { BeforeLast = () => cameInTime.TrySetResult(arrived.Wait(TimeSpan.FromSeconds(30))) });
        using HttpClient client = new();
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(host.Address, "/api/v1/aggregate?kind=sql&by=sql"));
        request.Headers.Add("Authorization", "Bearer " + QueryTestHost.Token);
        request.Headers.Add("Accept", "application/" + format);
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        await body.ReadAtLeastAsync(new byte[64 << 10], 64 << 10);
        arrived.Set();
        Assert.That(await cameInTime.Task, Is.True);
    }

    [TestCase("aggregate?kind=sql&by=sql")]
    [TestCase("samples?kind=sql")]
    public async Task A_failing_stream_of_lines_ends_with_the_error_and_gives_nothing_away(string path)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(new BrokenReader(100));
        using HttpResponseMessage response = await host.OwnAsync($"/api/v1/{path}&format=ndjson");
        string[] lines = (await response.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n');
        Assert.That(lines, Has.Length.EqualTo(101));
        Assert.That(lines[^1], Is.EqualTo("""{"error":"The request failed; the log of the server says why."}"""));
        Assert.That(lines.Take(100).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("sql").GetString()), Is.All.EqualTo("good"));
        using HttpResponseMessage metrics = await host.SendAsync(HttpMethod.Get, "/metrics");
        Assert.That(await metrics.Content.ReadAsStringAsync(), Does.Match("""timeseries_query_requests[^\n]*\{family="own",status="500"\} 1\n"""));
    }

    [TestCase("gzip")]
    [TestCase("br")]
    public async Task Every_format_is_compressed_when_asked_for(string encoding)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync([.. Enumerable.Range(0, 200).Select(i => Statement($"statement {i}", i))]);
        foreach (string format in (string[])["json", "csv", "ndjson", "msgpack"])
        {
            using HttpResponseMessage response = await host.OwnInFormatAsync("/api/v1/aggregate?kind=sql&by=sql", format, ("Accept-Encoding", encoding));
            Assert.That((response.StatusCode, response.Content.Headers.ContentEncoding.Single()), Is.EqualTo((HttpStatusCode.OK, encoding)), format);
        }
    }

    private static Row Statement(string text, long elapsed) => new Row(Kind.Sql, Time).With("sql", text).With("elapsed", elapsed);

    /// <summary>Results whose rows break behind so many good ones.</summary>
    private sealed class BrokenReader(int goodRows) : ISampleReader
    {
        private readonly RowReader _good = new([Statement("good", 1)]);

        /// <summary>Runs before the last good row is read.</summary>
        public Action BeforeLast { get; init; } = static () => { };

        public async ValueTask<QueryResult> QueryAsync(SampleQuery query, CancellationToken cancellationToken) =>
            new BrokenResult(await _good.QueryAsync(query, cancellationToken), goodRows, BeforeLast);

        public async ValueTask<SampleList> ListAsync(ListQuery query, CancellationToken cancellationToken) =>
            new BrokenList(await _good.ListAsync(query, cancellationToken), goodRows);

        public ValueTask<ISampleTail> FollowAsync(ListQuery query, CancellationToken cancellationToken) => _good.FollowAsync(query, cancellationToken);

        public ValueTask<long> WatermarkAsync(CancellationToken cancellationToken) => _good.WatermarkAsync(cancellationToken);
    }

    private sealed class BrokenResult(QueryResult good, int goodRows, Action beforeLast) : QueryResult
    {
        public override int RowCount => goodRows + 10;

        public override long AllocatedBytes => 0;

        public override long TotalGroups => RowCount;

        public override ResultSource Source => ResultSource.Both;

        public override long WindowStart(int row) => 0;

        public override long KeyNumber(int row, int part) => good.KeyNumber(0, part);

        public override ReadOnlySpan<byte> KeyText(int row, int part)
        {
            if (row == goodRows - 1)
            {
                beforeLast();
            }

            return row < goodRows ? good.KeyText(0, part) : throw new IOException("/secret/path: bad sector");
        }

        public override bool KeyMissing(int row, int part) => false;

        public override long Count(int row, int measure) => 1;

        public override Int128 Sum(int row, int measure) => 1;

        public override UInt128 SumOfSquares(int row, int measure) => 1;

        public override long Number(int row, int measure) => 1;

        public override ReadOnlySpan<byte> LatestText(int row, int measure) => default;

        public override long LatestTime(int row, int measure) => 0;

        public override double Quantile(int row, int measure, double quantile) => 1;

        public override ReadOnlySpan<long> Set(int row, int measure) => [];
    }

    private sealed class BrokenList(SampleList good, int goodRows) : SampleList
    {
        public override int RowCount => goodRows + 10;

        public override long AllocatedBytes => 0;

        public override long Total => RowCount;

        public override bool HasMore => false;

        public override SampleId Place(int row) => good.Place(0);

        public override bool IsMissing(int row, int field) => good.IsMissing(0, field);

        public override long Number(int row, int field) => good.Number(0, field);

        public override ReadOnlySpan<byte> Text(int row, int field) => row < goodRows ? good.Text(0, field) : throw new IOException("/secret/path: bad sector");
    }
}
