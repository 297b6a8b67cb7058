using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Api;

/// <summary><c>/api/v1/heatmap</c>: bins worked out by hand. Both stores are held against the naive computation elsewhere.</summary>
public sealed class HeatmapTests
{
    // 2023-01-29 12:00:00 UTC.
    private const long Noon = 1_674_993_600_000;

    private QueryTestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await QueryTestHost.StartAsync(
        Call(0, 0), Call(1, 999), Call(999, 1_000).With("error", 1), Call(1_000, 9_999).With("error_class", "Boom"), Call(1_999, 10_000), Call(1_999, 10_001),
        Call(1_999, 3_600_000_000), Call(2_000, 5_000), Call(-1, 5_000),
        new Row(Kind.Transaction, Noon) { Pcode = QueryTestHost.OtherProject }.With("elapsed", 1),
        new Row(Kind.Event, Noon));

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [TestCase("linear", "[0,5,10]", "[[0,0,3],[1,1,1],[1,2,3]]", "[[0,0,1],[1,1,1]]")]
    [TestCase("log", "[0,1,10]", "[[0,0,2],[0,1,1],[1,1,1],[1,2,3]]", "[[0,1,1],[1,1,1]]")]
    public async Task Bins_are_half_open_and_the_last_row_takes_all_above(string scale, string edges, string count, string errors)
    {
        using HttpResponseMessage response = await _host.OwnAsync(
            $"/api/v1/heatmap?kind=transaction&from={Noon}&to={Noon + 2_000}&x=2&y=3&max=10&scale={scale}");
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(
            $$"""{"from":1674993600000,"to":1674993602000,"xStep":1000,"yEdges":{{edges}},"count":{{count}},"errors":{{errors}},"total":7}"""));
    }

    [Test]
    public async Task Columns_begin_with_the_range_and_the_last_may_be_shorter()
    {
        JsonElement map = await GetAsync($"kind=transaction&from={Noon - 1}&to={Noon + 2_001}&x=3&y=1");
        Assert.That(map.GetProperty("xStep").GetInt64(), Is.EqualTo(668));
        Assert.That(map.GetProperty("count").GetRawText(), Is.EqualTo("[[0,0,3],[1,0,2],[2,0,4]]"));
    }

    [Test]
    public async Task By_default_there_are_300_columns_of_the_last_hour_and_100_rows_up_to_ten_seconds()
    {
        JsonElement map = await GetAsync("kind=transaction");
        double[] edges = [.. map.GetProperty("yEdges").EnumerateArray().Select(edge => edge.GetDouble())];
        Assert.That(map.GetProperty("xStep").GetInt64(), Is.EqualTo(12_000));
        Assert.That(edges, Has.Length.EqualTo(100).And.Ordered);
        Assert.That(edges[..2], Is.EqualTo([0.0, 1.0]));
        Assert.That(edges[^1], Is.EqualTo(10_000));
        double factor = Math.Pow(10_000, 1.0 / 98);
        Assert.That(edges[2..].Zip(edges[1..], (edge, before) => edge / before), Has.All.EqualTo(factor).Within(0.002));
        Assert.That(map.GetProperty("total").GetInt64(), Is.EqualTo(9));
    }

    [Test]
    public async Task A_condition_counts_what_meets_it_alone()
    {
        JsonElement map = await GetAsync($"kind=transaction&from={Noon}&to={Noon + 2_000}&x=1&y=1&where=error:1");
        Assert.That(map.GetProperty("count").GetRawText(), Is.EqualTo("[[0,0,1]]"));
    }

    [Test]
    public async Task Bins_finer_than_a_microsecond_still_ascend()
    {
        JsonElement map = await GetAsync("kind=transaction&x=1&y=4&max=0.001&scale=linear");
        Assert.That(map.GetProperty("yEdges").GetRawText(), Is.EqualTo("[0,0.001,0.002,0.003]"));
    }

    [TestCase("kind=event", "elapsed", "transaction, sql, httpc")]
    [TestCase("", "kind is needed", "transaction")]
    [TestCase("kind=transaction&x=0", "x must be", "\"0\"")]
    [TestCase("kind=transaction&y=100001", "y must be", "\"100001\"")]
    [TestCase("kind=transaction&x=1000&y=101", "at most 100000", "101000")]
    [TestCase("kind=transaction&scale=square", "log, linear", "\"square\"")]
    [TestCase("kind=transaction&max=0", "max must be", "\"0\"")]
    [TestCase("kind=transaction&max=-5", "max must be", "\"-5\"")]
    [TestCase("kind=transaction&max=99999999999999999999", "max must be", "99999999999999999999")]
    [TestCase("kind=transaction&max=wide", "max must be", "\"wide\"")]
    [TestCase("kind=transaction&window=1m", "window", "scale")]
    [TestCase("kind=transaction&from=5&to=5", "from must be before to", "")]
    [TestCase("kind=transaction&where=nothing:1", "nothing", "service")]
    public async Task A_wrong_parameter_is_named_with_what_is_allowed(string query, string name, string allowed)
    {
        using HttpResponseMessage response = await _host.OwnAsync("/api/v1/heatmap?" + query);
        string body = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(JsonDocument.Parse(body).RootElement.GetProperty("detail").GetString(), Does.Contain(name).And.Contain(allowed));
    }

    private static Row Call(long afterNoon, long microseconds) => new Row(Kind.Transaction, Noon + afterNoon).With("elapsed", microseconds);

    private async Task<JsonElement> GetAsync(string query)
    {
        using HttpResponseMessage response = await _host.OwnAsync("/api/v1/heatmap?" + query);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }
}
