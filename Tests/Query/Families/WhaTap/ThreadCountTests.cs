using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Families.WhaTap;

/// <summary><c>thread_count</c>: path, buckets, exact means.</summary>
public sealed class ThreadCountTests
{
    private const long Start = 1_674_990_000_000;
    private const long Next = Start + 300_000;
    private const string Range = "/thread_count/1674990000000/1674990300000";

    [Test]
    public async Task The_response_has_an_object_an_agent_by_name_then_id()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            Threads(Start, 120_200_000, 12, "b"), Threads(Start, 3_000_000, 5, "b"), Threads(Start, 1_000_000, -7, "b"),
            Threads(Next, 1_500_000, 99, "a"), Threads(Start, 2_000_000, 99, "a"));
        using HttpResponseMessage response = await host.WhatapAsync(Range);
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(
            """
            {"pcode":1234570141,"type":"thread_count","stime":1674990000000,"etime":1674990300000,"interval":300,"timeMerge":"sum","objects":[
            {"oname":"a","oid":99,"series":[[1674990000000,2],[1674990300000,1.5]]},
            {"oname":"b","oid":-7,"series":[[1674990000000,1]]},
            {"oname":"b","oid":5,"series":[[1674990000000,3]]},
            {"oname":"b","oid":12,"series":[[1674990000000,120.2]]}]}
            """.ReplaceLineEndings("")));
    }

    [TestCase("/avg")]
    [TestCase("?avg")]
    [TestCase("?avg=1")]
    [TestCase("?avg=true")]
    [TestCase("/avg?avg=false")]
    public async Task With_avg_there_is_one_series_of_all_agents(string form)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            Threads(Start, 10_000_000, 1, "a"), Threads(Start, 20_000_000, 2, "b"), Threads(Next, 7_000_000, 2, "b"));
        using HttpResponseMessage response = await host.WhatapAsync(Range + form);
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(
            """
            {"pcode":1234570141,"type":"thread_count","stime":1674990000000,"etime":1674990300000,"interval":300,"timeMerge":"sum",
            "objectMerge":"avg","series":[[1674990000000,15],[1674990300000,7]]}
            """.ReplaceLineEndings("")));
    }

    [TestCase("?avg=false")]
    [TestCase("?avg=0")]
    [TestCase("")]
    public async Task Avg_is_off_when_absent_false_or_0(string form)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        Assert.That((await host.WhatapJsonAsync(Range + form)).TryGetProperty("objects", out _), Is.True);
    }

    [Test]
    public async Task Whole_buckets_count_even_where_stime_and_etime_lie_inside_them()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            Threads(Start - 1, 50_000_000), Threads(Start, 1_000_000), Threads(Next + 299_999, 4_000_000), Threads(Next + 300_000, 50_000_000));
        JsonElement body = await host.WhatapJsonAsync("/thread_count/1674990299999/1674990300001");
        Assert.That(Points(body.GetProperty("objects")[0]), Is.EqualTo(new[] { (Start, 1.0), (Next, 4.0) }));
        Assert.That(body.GetProperty("stime").GetInt64(), Is.EqualTo(1_674_990_299_999), "as asked");
        Assert.That(body.GetProperty("etime").GetInt64(), Is.EqualTo(1_674_990_300_001), "as asked");
    }

    [TestCase(new long[] { 10_000, 20_000 }, 0.02, TestName = "A_mean_of_0_015_goes_to_the_even_0_02")]
    [TestCase(new long[] { 20_000, 30_000 }, 0.02, TestName = "A_mean_of_0_025_goes_to_the_even_0_02")]
    [TestCase(new long[] { 1_000_000, 0, 0 }, 0.33, TestName = "A_third_goes_down")]
    [TestCase(new long[] { 2_000_000, 0, 0 }, 0.67, TestName = "Two_thirds_go_up")]
    [TestCase(new long[] { 1_005_000 }, 1.0, TestName = "A_value_of_1_005_is_a_tie_in_decimal")]
    [TestCase(new long[] { 2_675_001 }, 2.68, TestName = "A_millionth_over_a_tie_goes_up")]
    [TestCase(new long[] { 8_999_999_999_990_000, 8_999_999_999_990_000 }, 8_999_999_999.99, TestName = "The_largest_counts_keep_their_hundredths")]
    public async Task Means_are_rounded_once_half_to_even_in_decimal(long[] millionths, double expected)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync([.. millionths.Select(count => Threads(Start, count))]);
        JsonElement body = await host.WhatapJsonAsync(Range);
        Assert.That(Points(body.GetProperty("objects")[0]), Is.EqualTo(new[] { (Start, expected) }));
    }

    [TestCase(new long[] { 4_000 }, new long[] { 14_000 }, 0.01, TestName = "Means_are_not_rounded_before_they_are_averaged")]
    [TestCase(new long[] { 10_000, 0, 0 }, new long[] { 80_000, 0, 0 }, 0.02, TestName = "Thirds_that_add_up_to_a_tie_go_to_the_even_0_02")]
    [TestCase(new long[] { 10_000, 0, 0 }, new long[] { 20_000, 0, 0 }, 0.0, TestName = "Thirds_that_add_up_to_a_tie_go_to_the_even_0")]
    [TestCase(new long[] { 1_000_000, 0, 0 }, new long[] { 1_000_000, 0, 0, 0, 0, 0, 0 }, 0.24, TestName = "A_third_and_a_seventh_make_5_21")]
    public async Task The_mean_of_agents_is_of_their_exact_means(long[] first, long[] second, double expected)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            [.. first.Select(count => Threads(Start, count, 1, "a")), .. second.Select(count => Threads(Start, count, 2, "b"))]);
        JsonElement body = await host.WhatapJsonAsync(Range + "/avg");
        Assert.That(Points(body), Is.EqualTo(new[] { (Start, expected) }));
    }

    [TestCase("/12")]
    [TestCase("/12,-7")]
    [TestCase("/-7,12")]
    [TestCase("?oids=12,-7")]
    [TestCase("/-7,12?oids=99")]
    public async Task Oids_select_agents(string form)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            Threads(Start, 1, 12, "a"), Threads(Start, 1, 12, "b"), Threads(Start, 1, -7, "c"), Threads(Start, 1, 99, "d"));
        JsonElement body = await host.WhatapJsonAsync(Range + form);
        string[] names = [.. body.GetProperty("objects").EnumerateArray().Select(agent => agent.GetProperty("oname").GetString()!)];
        Assert.That(names, Is.EqualTo(form == "/12" ? new[] { "a", "b" } : ["a", "b", "c"]), "every agent with that oid");
    }

    [TestCase("/thread_count/avg")]
    [TestCase("/thread_count/avg/12")]
    [TestCase("/thread_count/1674990000000")]
    [TestCase("/thread_count/1674990000000/avg")]
    [TestCase("/thread_count/1674990000000/avg/12,13")]
    [TestCase("/thread_count/1674990000000/1674990300000/avg")]
    [TestCase("/thread_count/1674990000000/1674990300000/12")]
    [TestCase("/thread_count/1674990000000/1674990300000/avg/12")]
    [TestCase("/thread_count/1674990000000/avg?etime=1674990300000")]
    public async Task These_paths_are_understood(string path)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        Assert.That(await host.StatusAsync(path), Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase("/thread_count/12")]
    [TestCase("/thread_count/12,13")]
    [TestCase("/thread_count/1674990000000/12")]
    [TestCase("/thread_count/1674990000000/1674990300000/12/avg")]
    [TestCase("/thread_count/1674990000000/1674990300000/avg/12/13")]
    [TestCase("/thread_count/avg/avg")]
    [TestCase("/thread_count/1674990000000/1674990300000/1674990300000")]
    [TestCase("/thread_count?oids=")]
    [TestCase("/thread_count?oids=1,,2")]
    [TestCase("/thread_count?oids=1.5")]
    [TestCase("/thread_count?oids=2147483648")]
    public async Task Other_paths_and_ids_are_bad_requests(string path)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        Assert.That(await host.StatusAsync(path), Is.EqualTo(HttpStatusCode.BadRequest));
    }

    private static Row Threads(long time, long millionths, long oid = 1, string oname = "a") =>
        new Row(Kind.Thread, time).With("count", millionths).Of(oid, oname);

    private static (long Bucket, double Value)[] Points(JsonElement owner) =>
        [.. owner.GetProperty("series").EnumerateArray().Select(point => (point[0].GetInt64(), point[1].GetDouble()))];
}
