using System.Net;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Api;

/// <summary><c>/api/v1/samples</c>: samples as they were pushed, newest first, page by page.</summary>
public sealed class SamplesTests
{
    private const long Noon = 1_674_993_600_000;

    [Test]
    public async Task A_sample_is_told_in_the_units_of_the_wire_without_what_is_missing()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            new Row(Kind.Transaction, Noon).Of(-7, "shop").With("okind", "tomcat").With("service", "/a\"b").With("elapsed", 12_500).With("status", 200)
                .With("error", 0).With("sql_time", 3_000).With("upstream_latency", 1).With("malloc", 1L << 53),
            new Row(Kind.Transaction, Noon + 1).With("service", "/b").With("elapsed", 0).With("error", 1));
        using HttpResponseMessage response = await host.OwnAsync($"/api/v1/samples?kind=transaction&from={Noon}&to={Noon + 2}");
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(
            """
            {"kind":"transaction","from":1674993600000,"to":1674993600002,"samples":[{"time":1674993600001,"service":"/b","elapsed":0,"error":true},
            {"time":1674993600000,"oid":-7,"oname":"shop","okind":"tomcat","service":"/a\"b","elapsed":12.5,"status":200,"error":false,
            "sql_time":3,"malloc":9007199254740992,
            "upstream_latency":0.001}],"next":null}
            """.ReplaceLineEndings("")));
    }

    [Test]
    public async Task Maps_are_objects_and_numbers_keep_their_millionths()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            new Row(Kind.Thread, Noon).Of(1, "a").With("count", 42_000_001),
            new Row(Kind.Alert, Noon).With("severity", "Info").With("source", "s").With("title", "t").With("id", "550e8400-e29b-41d4-a716-446655440000")
                .With("labels", """{"a":"x\"y","b":""}""").With("annotations", "{}"));
        JsonElement threads = await GetAsync(host, $"kind=thread&from={Noon}&to={Noon + 1}");
        JsonElement alerts = await GetAsync(host, $"kind=alert&from={Noon}&to={Noon + 1}");
        Assert.That(threads.GetProperty("samples")[0].GetProperty("count").GetRawText(), Is.EqualTo("42.000001"));
        Assert.That(alerts.GetProperty("samples")[0].GetRawText(), Is.EqualTo(
            """{"time":1674993600000,"severity":"Info","source":"s","title":"t","id":"550e8400-e29b-41d4-a716-446655440000","labels":"""
            + """{"a":"x\"y","b":""},"annotations":{}}"""));
    }

    [Test]
    public async Task Csv_has_a_column_a_field()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            new Row(Kind.Alert, Noon).With("severity", "Info").With("source", "a,b").With("title", "t").With("labels", """{"a":"x"}"""));
        using HttpResponseMessage response = await host.OwnAsync($"/api/v1/samples?kind=alert&from={Noon}&to={Noon + 1}&format=csv");
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(
            "time,oid,oname,okind,onode,severity,source,title,id,description,labels,annotations\r\n"
            + "1674993600000,,,,,Info,\"a,b\",t,,,\"{\"\"a\"\":\"\"x\"\"}\",\r\n"));
    }

    [Test]
    public async Task Ndjson_is_a_sample_a_line_and_the_cursor_stands_in_a_header()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync([.. Enumerable.Range(0, 3).Select(Statement)]);
        using HttpResponseMessage response = await host.OwnAsync($"/api/v1/samples?kind=sql&from={Noon}&to={Noon + 9}&format=ndjson&limit=2");
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(
            "{\"time\":1674993600002,\"sql\":\"s2\",\"elapsed\":0.002}\n{\"time\":1674993600001,\"sql\":\"s1\",\"elapsed\":0.001}\n"));
        JsonElement next = await GetAsync(host, "kind=sql&cursor=" + response.Headers.GetValues("x-next").Single());
        Assert.That(Names(next), Is.EqualTo(new[] { "s0" }));
    }

    [Test]
    public async Task Filters_are_those_of_aggregates()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync([.. Enumerable.Range(0, 5).Select(Statement)]);
        JsonElement response = await GetAsync(host, $"kind=sql&from={Noon}&to={Noon + 9}&where=elapsed>=:0&where=elapsed<:0.005&where=sql:s0&where=sql~:S4");
        Assert.That(Names(response), Is.EqualTo(new[] { "s4", "s0" }));
    }

    [Test]
    public async Task A_hundred_are_listed_unless_more_are_asked_for_and_ten_thousand_at_most()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync([.. Enumerable.Range(0, 10_001).Select(Statement)]);
        string times = $"&from={Noon}&to={Noon + 20_000}";
        JsonElement few = await GetAsync(host, "kind=sql" + times);
        JsonElement many = await GetAsync(host, "kind=sql&limit=10000" + times);
        Assert.That((few.GetProperty("samples").GetArrayLength(), many.GetProperty("samples").GetArrayLength()), Is.EqualTo((100, 10_000)));
        JsonElement last = await GetAsync(host, $"kind=sql&cursor={many.GetProperty("next").GetString()}");
        Assert.That((Names(last).Single(), last.GetProperty("next").ValueKind), Is.EqualTo(("s0", JsonValueKind.Null)));
    }

    [Test]
    public async Task A_cursor_keeps_its_place_while_samples_arrive()
    {
        List<Row> rows = [.. Enumerable.Range(0, 7).Select(Statement)];
        await using QueryTestHost host = await QueryTestHost.StartAsync(new RowReader(rows));
        JsonElement page = await GetAsync(host, $"kind=sql&from={Noon}&to={Noon + 100}&limit=2");
        List<string> seen = [.. Names(page)];
        for (int i = 0; page.GetProperty("next").GetString() is { } next; i++)
        {
            // Newer ones, and some of the very time that the page ended at, which came later and so stand before it.
            rows.Add(Statement(50 + i));
            rows.Add(new Row(Kind.Sql, page.GetProperty("samples")[1].GetProperty("time").GetInt64()).With("sql", "late").With("elapsed", 0));
            page = await GetAsync(host, $"kind=sql&limit=2&cursor={next}");
            seen.AddRange(Names(page));
        }

        Assert.That(seen, Is.EqualTo(new[] { "s6", "s5", "s4", "s3", "s2", "s1", "s0" }));
    }

    [Test]
    public async Task A_cursor_keeps_the_times_of_the_first_page()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync([.. Enumerable.Range(0, 3).Select(Statement)]);
        JsonElement first = await GetAsync(host, "kind=sql&limit=1");
        JsonElement second = await GetAsync(host, $"kind=sql&limit=1&cursor={first.GetProperty("next").GetString()}");
        JsonElement other = await GetAsync(host, $"kind=sql&from={Noon + 1}&to={Noon + 2}&cursor={first.GetProperty("next").GetString()}");
        Assert.That((second.GetProperty("from").GetInt64(), second.GetProperty("to").GetInt64()),
            Is.EqualTo((QueryTestHost.Now - 3_600_000, QueryTestHost.Now)));
        Assert.That(Names(other), Is.EqualTo(new[] { "s1" }));
    }

    [Test]
    public async Task A_cursor_that_was_tampered_with_is_refused()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync([.. Enumerable.Range(0, 3).Select(Statement)]);
        string cursor = (await GetAsync(host, "kind=sql&limit=1")).GetProperty("next").GetString()!;
        List<string> wrong = [cursor[..^1], cursor + "A", cursor + "=", cursor.ToUpperInvariant(), "-", new string('A', cursor.Length),
            new string('\u00E9', cursor.Length), new string('A', 5_000)];
        for (int i = 0; i < cursor.Length; i++)
        {
            char other = cursor[i] == 'A' ? 'B' : 'A';
            wrong.Add(new StringBuilder(cursor) { [i] = other }.ToString());
        }

        await Assert.MultipleAsync(async () =>
        {
            foreach (string text in wrong)
            {
                using HttpResponseMessage response = await host.OwnAsync("/api/v1/samples?kind=sql&cursor=" + Uri.EscapeDataString(text));
                Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest), text);
            }

            using HttpResponseMessage otherKind = await host.OwnAsync("/api/v1/samples?kind=httpc&cursor=" + cursor);
            Assert.That(otherKind.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        });
    }

    private static Row Statement(int i) => new Row(Kind.Sql, Noon + i).With("sql", $"s{i}").With("elapsed", i);

    private static IEnumerable<string> Names(JsonElement response) =>
        response.GetProperty("samples").EnumerateArray().Select(sample => sample.GetProperty("sql").GetString()!);

    private static async Task<JsonElement> GetAsync(QueryTestHost host, string parameters)
    {
        using HttpResponseMessage response = await host.OwnAsync("/api/v1/samples?" + parameters);
        return await QueryTestHost.ReadAsync(response, HttpStatusCode.OK);
    }
}
