using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Families.WhaTap;

/// <summary><c>transaction</c>: names, types, numbers, order.</summary>
public sealed class TransactionStatisticTests
{
    private const long Start = 1_674_990_000_000;
    private const string Range = "/transaction/1674990000000/1674990300000";

    private static readonly string[] _vendorFields =
    [
        "apdex_tolerated", "apdex_satisfied", "apdex", "time_max", "sql_fetch_time", "sql_time", "count", "error", "sql_count", "hash", "sql_fetch",
        "httpc_avg", "cpu_avg", "time_sum", "time_avg", "httpc_count", "service", "mem_avg",
    ];

    [Test]
    public async Task A_record_has_the_vendors_fields_then_ours()
    {
        JsonElement record = await OnlyRecordAsync(Call(Start, 1_000));
        Assert.That(
            record.EnumerateObject().Select(member => member.Name),
            Is.EqualTo((string[])[.. _vendorFields, "time_min", "time_std", "time_p50", "time_p95", "time_p99"]));
        Assert.That(record.GetProperty("service").ValueKind, Is.EqualTo(JsonValueKind.String));
        Assert.That(record.GetProperty("time_std").ValueKind, Is.EqualTo(JsonValueKind.String));
        Assert.That(_vendorFields.Except(["service"]).Select(name => record.GetProperty(name).ValueKind), Is.All.EqualTo(JsonValueKind.Number));
    }

    [Test]
    public async Task Sums_and_means_are_cut_to_whole_units_at_the_end()
    {
        JsonElement record = await OnlyRecordAsync(
            Call(Start, 1_999).With("sql_count", 2).With("sql_time", 1_500).With("sql_fetch_count", 7).With("sql_fetch_time", 999)
                .With("httpc_count", 1).With("httpc_time", 5_999).With("cpu_time", 3_000).With("malloc", 10),
            Call(Start + 1, 1_999).With("sql_count", 1).With("sql_time", 1_500).With("httpc_count", 1).With("httpc_time", 6_000).With("malloc", 5),
            Call(Start + 299_999, 1_999));
        Assert.That(
            Values(record, "count", "time_sum", "time_avg", "time_max", "time_min"), Is.EqualTo(new[] { 3, 5, 1, 1, 1 }), "5.997 ms, 1.999 ms each");
        Assert.That(Values(record, "sql_count", "sql_time", "sql_fetch", "sql_fetch_time"), Is.EqualTo(new[] { 3, 3, 7, 0 }), "3.0 ms, 0.999 ms");
        Assert.That(Values(record, "httpc_count", "httpc_avg", "cpu_avg", "mem_avg"), Is.EqualTo(new[] { 2, 5, 1, 5 }), "11.999/2; 3/3; 15/3");
    }

    [Test]
    public async Task Calls_out_take_0_on_average_when_there_are_none()
    {
        JsonElement record = await OnlyRecordAsync(Call(Start, 1).With("httpc_time", 9_000));
        Assert.That(Values(record, "httpc_count", "httpc_avg"), Is.EqualTo(new[] { 0, 0 }));
    }

    [Test]
    public async Task Apdex_compares_in_microseconds_and_counts_errors_as_frustrated()
    {
        JsonElement record = await OnlyRecordAsync(
            Call(Start, 1_200_000), Call(Start, 1_200_001), Call(Start, 4_800_000), Call(Start, 4_800_001),
            Call(Start, 1).With("error", 1), Call(Start, 1).With("error_class", "E"), Call(Start, 1).With("error", 0).With("status", 500));
        Assert.That(Values(record, "count", "error", "apdex_satisfied", "apdex_tolerated"), Is.EqualTo(new[] { 7, 2, 2, 2 }));
        Assert.That(record.GetProperty("apdex").GetDouble(), Is.EqualTo(3.0 / 7));
    }

    [Test]
    public async Task Apdex_uses_the_projects_threshold()
    {
        Row[] rows = [new Row(Kind.Transaction, Start) { Pcode = QueryTestHost.OtherProject }.With("service", "/a").With("elapsed", 100_001)];
        await using QueryTestHost host = await QueryTestHost.StartAsync(rows);
        using HttpResponseMessage response = await host.SendAsync(
            HttpMethod.Get, "/open/api/json" + Range, ("x-whatap-token", QueryTestHost.OtherToken), ("x-whatap-pcode", $"{QueryTestHost.OtherProject}"));
        JsonElement body = await QueryTestHost.ReadAsync(response, System.Net.HttpStatusCode.OK);
        Assert.That(Values(body.GetProperty("records")[0], "apdex_satisfied", "apdex_tolerated"), Is.EqualTo(new[] { 0, 1 }));
    }

    [Test]
    public async Task Deviation_and_percentiles_are_in_milliseconds()
    {
        JsonElement record = await OnlyRecordAsync(Call(Start, 1_000), Call(Start, 2_345), Call(Start, 6_000));
        // Mean 3.115 ms, squares of the distances 4.473225 + 0.5929 + 8.323225, a third of them 4.46311667, its root 2.1126.
        Assert.That(record.GetProperty("time_std").GetString(), Is.EqualTo("2.11"));
        Assert.That(record.GetProperty("time_p50").GetDouble(), Is.EqualTo(2.345));
        Assert.That(record.GetProperty("time_p95").GetDouble(), Is.EqualTo(2.345));
    }

    [Test]
    public async Task The_range_is_half_open()
    {
        JsonElement record = await OnlyRecordAsync(Call(Start - 1, 1), Call(Start, 1), Call(Start + 299_999, 1), Call(Start + 300_000, 1));
        Assert.That(Values(record, "count"), Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public async Task Records_stand_by_their_sum_then_by_bytes_of_their_name()
    {
        Row[] rows =
        [
            Call(Start, 1_000, "/b"), Call(Start, 1_001, "/c"), Call(Start, 1_000, "/a"), Call(Start, 1_000, "/Z"), Call(Start, 1_000, "/ä"),
        ];
        await using QueryTestHost host = await QueryTestHost.StartAsync(rows);
        JsonElement body = await host.WhatapJsonAsync(Range);
        Assert.That(
            body.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("service").GetString()),
            Is.EqualTo(new[] { "/c", "/Z", "/a", "/b", "/ä" }));
        Assert.That(body.GetProperty("total").GetInt32(), Is.EqualTo(5));
    }

    [Test]
    public async Task Hostile_texts_come_back_as_they_were_pushed()
    {
        const string Hostile = "/</script>\"\\\u0001\u2028😀'&+é\n";
        JsonElement record = await OnlyRecordAsync(Call(Start, 1, Hostile));
        Assert.That(record.GetProperty("service").GetString(), Is.EqualTo(Hostile));
    }

    [Test]
    public async Task The_hash_is_the_signed_crc_of_the_text()
    {
        JsonElement record = await OnlyRecordAsync(Call(Start, 1, "127.0.0.1"));
        Assert.That(record.GetProperty("hash").GetInt32(), Is.EqualTo(-675_813_464));
    }

    [Test]
    public async Task No_sample_makes_an_empty_list()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        using HttpResponseMessage response = await host.WhatapAsync(Range);
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("""{"records":[],"total":0}"""));
    }

    [Test]
    public async Task At_most_10000_records_are_listed_and_all_are_counted()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync([.. Enumerable.Range(0, 10_001).Select(i => Call(Start, i + 1, $"/{i}"))]);
        JsonElement body = await host.WhatapJsonAsync(Range);
        Assert.That(body.GetProperty("records").GetArrayLength(), Is.EqualTo(10_000));
        Assert.That(body.GetProperty("records")[9_999].GetProperty("service").GetString(), Is.EqualTo("/1"), "the least of all is left out");
        Assert.That(body.GetProperty("total").GetInt32(), Is.EqualTo(10_001));
    }

    private static Row Call(long time, long elapsed, string service = "/account") =>
        new Row(Kind.Transaction, time).With("service", service).With("elapsed", elapsed);

    private static int[] Values(JsonElement record, params string[] names) => [.. names.Select(name => record.GetProperty(name).GetInt32())];

    private static async Task<JsonElement> OnlyRecordAsync(params Row[] rows)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(rows);
        JsonElement body = await host.WhatapJsonAsync(Range);
        Assert.That(body.GetProperty("records").GetArrayLength(), Is.EqualTo(1));
        return body.GetProperty("records")[0];
    }
}
