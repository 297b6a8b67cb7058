using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Families.WhaTap;

/// <summary><c>sql</c>: names, types, numbers, order.</summary>
public sealed class SqlStatisticTests
{
    private const long Start = 1_674_990_000_000;

    [Test]
    public async Task A_record_reads_like_the_vendors()
    {
        JsonElement body = await ListAsync(
            Statement("update table set x=# where key=#", 1_000).With("db", "jdbc:mysql://h/fake").With("fetch_count", 3).With("fetch_time", 2_500),
            Statement("update table set x=# where key=#", 2_999).With("db", "jdbc:mysql://h/fake").With("error", 1).With("fetch_time", 499));
        // The hashes are zlib.crc32 of the texts, as signed integers.
        Assert.That(body.GetRawText(), Is.EqualTo(
            """
            {"records":[{"time_max":2,"dbcHash":1961668239,"db":"jdbc:mysql://h/fake","time_min":1,"fetch_count":3,"hash":796628118,"fetch_time":2,
            "sql_crud":3,"count_total":2,"count_error":1,"sql":"update table set x=# where key=#","time_sum":3,"time_avg":1,"time_std":"1.00",
            "count_actived":0,"time_p95":1}],"total":1}
            """.ReplaceLineEndings("")));
    }

    [Test]
    public async Task Records_stand_by_their_exact_mean_not_by_whole_milliseconds()
    {
        JsonElement body = await ListAsync(
            Statement("a", 1_001), Statement("a", 1_002), Statement("b", 1_002), Statement("c", 1_001), Statement("c", 1_002), Statement("c", 1_002));
        Assert.That(Texts(body), Is.EqualTo(new[] { "b", "c", "a" }), "means 1002, 1001.67 and 1001.5 µs");
    }

    [Test]
    public async Task Equal_means_stand_by_database_then_statement()
    {
        JsonElement body = await ListAsync(
            Statement("z", 5).With("db", "a"), Statement("y", 5), Statement("x", 5).With("db", "b"), Statement("a", 5).With("db", "b"));
        Assert.That(Texts(body), Is.EqualTo(new[] { "y", "z", "a", "x" }), "a missing database first");
    }

    [Test]
    public async Task A_missing_database_is_empty_and_hashes_to_0()
    {
        JsonElement record = (await ListAsync(Statement("select 1", 5))).GetProperty("records")[0];
        Assert.That(record.GetProperty("db").GetString(), Is.Empty);
        Assert.That(record.GetProperty("dbcHash").GetInt32(), Is.Zero);
    }

    private static Row Statement(string sql, long elapsed) => new Row(Kind.Sql, Start).With("sql", sql).With("elapsed", elapsed);

    private static IEnumerable<string?> Texts(JsonElement body) =>
        body.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("sql").GetString());

    private static async Task<JsonElement> ListAsync(params Row[] rows)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(rows);
        return await host.WhatapJsonAsync("/sql/1674990000000/1674990300000");
    }
}
