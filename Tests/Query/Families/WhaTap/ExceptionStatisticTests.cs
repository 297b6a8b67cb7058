using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Families.WhaTap;

/// <summary><c>exception</c>: names, types, latest values, order.</summary>
public sealed class ExceptionStatisticTests
{
    // In the middle of the bucket that starts at 1674990000000.
    private const long Start = 1_674_990_100_000;

    [Test]
    public async Task A_record_reads_like_the_vendors()
    {
        JsonElement body = await ListAsync(
            Thrown(Start + 1, 12).With("service", "/s").With("message", "last").With("snap_seq", 6_068_699_991_557_528_332),
            Thrown(Start, -1_459_620_666).With("service", "/s").With("message", "first").With("snap_seq", 9),
            Thrown(Start + 2, 12).With("service", "/s"));
        Assert.That(body.GetRawText(), Is.EqualTo(
            """
            {"records":[{"oids":"[-1459620666, 12]","time":1674990000000,"classHash":-1811136020,"count":3,"service":"/s","class":"java.sql.SQLException(0)",
            "serviceHash":-1698100716,"snapSeq":"6068699991557528332","msg":"last"}],"total":1}
            """.ReplaceLineEndings("")));
    }

    [Test]
    public async Task What_is_missing_is_empty_or_0()
    {
        JsonElement record = (await ListAsync(Thrown(Start, 1))).GetProperty("records")[0];
        Assert.That(record.GetProperty("service").GetString(), Is.Empty);
        Assert.That(record.GetProperty("serviceHash").GetInt32(), Is.Zero);
        Assert.That(record.GetProperty("msg").GetString(), Is.Empty);
        Assert.That(record.GetProperty("snapSeq").GetString(), Is.EqualTo("0"));
        Assert.That(record.GetProperty("oids").GetString(), Is.EqualTo("[1]"));
    }

    [Test]
    public async Task Time_is_the_bucket_of_the_first_in_the_range_and_may_lie_before_stime()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(Thrown(Start - 300_000, 1), Thrown(Start, 1));
        JsonElement body = await host.WhatapJsonAsync("/exception/1674990100000/1674990300000");
        Assert.That(body.GetProperty("records")[0].GetProperty("time").GetInt64(), Is.EqualTo(1_674_990_000_000));
    }

    [Test]
    public async Task Records_stand_by_count_then_class_then_service()
    {
        JsonElement body = await ListAsync(
            Thrown(Start, 1).With("service", "/b"), Thrown(Start, 1).With("service", "/a"), Thrown(Start, 1),
            Thrown(Start, 1).With("service", "/z"), Thrown(Start, 1).With("service", "/z"));
        Assert.That(
            body.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("service").GetString()),
            Is.EqualTo(new[] { "/z", "", "/a", "/b" }));
    }

    private static Row Thrown(long time, long oid) => new Row(Kind.Exception, time).With("class", "java.sql.SQLException(0)").Of(oid, "agent");

    private static async Task<JsonElement> ListAsync(params Row[] rows)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(rows);
        return await host.WhatapJsonAsync("/exception/1674990000000/1674990300000");
    }
}
