using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Families.WhaTap;

/// <summary><c>httpc</c> and its filter form.</summary>
public sealed class HttpcStatisticTests
{
    private const long Start = 1_674_990_000_000;
    private const string Range = "/httpc/1674990000000/1674990300000";

    [Test]
    public async Task A_record_reads_like_the_vendors()
    {
        JsonElement body = await ListAsync(Range, [Call("/remote", "127.0.0.1", 10_002, 1_500), Call("/remote", "127.0.0.1", 10_002, 2_500).With("error", 1)]);
        Assert.That(body.GetRawText(), Is.EqualTo(
            """
            {"records":[{"Sum":4,"Port":10002,"Url":"/remote","Host":"127.0.0.1","Max":2,"Stdev":"0.50","Actived":0,"Avg":2,"HostHash":-675813464,
            "Min":1,"Error":1,"Total":2,"UrlHash":1340950554}],"total":1}
            """.ReplaceLineEndings("")));
    }

    [Test]
    public async Task The_filter_form_adds_the_service_and_drops_the_active_ones()
    {
        JsonElement body = await ListAsync(
            Range + "/filter/host/127.0.0.1/port/10002",
            [
                Call("/remote", "127.0.0.1", 10_002, 1_500).With("service", "127.0.0.1"), Call("/remote", "127.0.0.1", 10_002, 700),
                Call("/remote", "127.0.0.1", 10_003, 9_000), Call("/remote", "127.0.0.10", 10_002, 9_000), Call("/remote", "", 10_002, 9_000),
            ]);
        Assert.That(body.GetRawText(), Is.EqualTo(
            """
            {"records":[{"Sum":1,"Port":10002,"Url":"/remote","Host":"127.0.0.1","Max":1,"Stdev":"0.00","Avg":1,"HostHash":-675813464,
            "Min":1,"Error":0,"Total":1,"UrlHash":1340950554,"Service":"127.0.0.1","Service_hash":-675813464},
            {"Sum":0,"Port":10002,"Url":"/remote","Host":"127.0.0.1","Max":0,"Stdev":"0.00","Avg":0,"HostHash":-675813464,
            "Min":0,"Error":0,"Total":1,"UrlHash":1340950554,"Service":"","Service_hash":0}],"total":2}
            """.ReplaceLineEndings("")));
    }

    [Test]
    public async Task A_status_of_400_or_more_is_an_error()
    {
        JsonElement body = await ListAsync(
            Range, [Call("/u", "h", 80, 1).With("status", 399), Call("/u", "h", 80, 1).With("status", 400), Call("/u", "h", 80, 1).With("error", 1)]);
        Assert.That(body.GetProperty("records")[0].GetProperty("Error").GetInt32(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_missing_port_and_port_0_are_one_record()
    {
        JsonElement body = await ListAsync(Range, [Call("/u", "h", 0, 1), Call("/u", "h", null, 1)]);
        Assert.That(body.GetProperty("records").GetArrayLength(), Is.EqualTo(1));
        Assert.That(body.GetProperty("records")[0].GetProperty("Port").GetInt32(), Is.Zero);
    }

    [Test]
    public async Task Records_stand_by_their_sum_then_by_url_host_and_port()
    {
        JsonElement body = await ListAsync(
            Range, [Call("/b", "h", 2, 5), Call("/b", "h", 1, 5), Call("/b", "", 9, 5), Call("/a", "z", 9, 5), Call("/c", "z", 9, 6)]);
        Assert.That(
            body.GetProperty("records").EnumerateArray().Select(record => $"{record.GetProperty("Url")} {record.GetProperty("Port")}"),
            Is.EqualTo(new[] { "/c 9", "/a 9", "/b 9", "/b 1", "/b 2" }));
    }

    [TestCase("a%2Fb", "a/b")]
    [TestCase("a%252Fb", "a%2Fb")]
    [TestCase("%ED%95%9C%EA%B5%AD", "한국")]
    [TestCase("a+b", "a+b")]
    [TestCase("a%20b%3F%25%23", "a b?%#")]
    [TestCase("[::1]", "[::1]")]
    [TestCase("filter", "filter")]
    public async Task The_host_of_a_filter_is_percent_decoded_once(string sent, string host)
    {
        JsonElement body = await ListAsync($"{Range}/filter/host/{sent}/port/80", [Call("/u", host, 80, 1)]);
        Assert.That(body.GetProperty("total").GetInt32(), Is.EqualTo(1));
    }

    [Test]
    public async Task An_empty_host_and_port_0_ask_for_missing_ones()
    {
        JsonElement body = await ListAsync(
            $"{Range}/filter/host//port/0", [Call("/u", "", null, 1), Call("/u", "", 0, 1), Call("/u", "h", 0, 1), Call("/u", "", 1, 1)]);
        Assert.That(body.GetProperty("records")[0].GetProperty("Total").GetInt32(), Is.EqualTo(2));
        Assert.That(body.GetProperty("total").GetInt32(), Is.EqualTo(1));
    }

    [TestCase("65536")]
    [TestCase("-1")]
    [TestCase("http")]
    [TestCase("")]
    public async Task A_port_that_is_none_is_a_bad_request(string port)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        // The port's empty part must not be the last: a trailing slash means nothing.
        string path = $"{Range}/filter/host/h/port/{port}" + (port.Length == 0 ? "/" : "");
        Assert.That(await host.StatusAsync(path), Is.EqualTo(HttpStatusCode.BadRequest));
    }

    private static Row Call(string url, string host, long? port, long elapsed)
    {
        Row row = new Row(Kind.Httpc, Start).With("url", url).With("elapsed", elapsed);
        row = host.Length > 0 ? row.With("host", host) : row;
        return port is { } number ? row.With("port", number) : row;
    }

    private static async Task<JsonElement> ListAsync(string path, Row[] rows)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(rows);
        return await host.WhatapJsonAsync(path);
    }
}
