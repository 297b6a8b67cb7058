using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Families.WhaTap;

/// <summary>Who may ask what, in which order it is checked, and the shape of every refusal.</summary>
public sealed class RequestCheckTests
{
    private QueryTestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await QueryTestHost.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [TestCase(null, null, "/nonsense/12", 401, TestName = "A_missing_token_is_told_before_anything_else")]
    [TestCase("wrong", null, "/nonsense/12", 401, TestName = "An_unknown_token_is_told_before_a_missing_project_code")]
    [TestCase(QueryTestHost.Token, null, "/nonsense/12", 400, TestName = "A_missing_project_code_is_told_before_an_unknown_name")]
    [TestCase(QueryTestHost.Token, "shop", "/nonsense/12", 400, TestName = "A_project_code_that_is_no_number_is_a_bad_request")]
    [TestCase(QueryTestHost.Token, "77", "/nonsense/12", 403, TestName = "Another_project_is_forbidden")]
    [TestCase(QueryTestHost.Token, "5", "/nonsense/12", 403, TestName = "An_unknown_project_is_forbidden")]
    [TestCase(QueryTestHost.PushOnlyToken, "1234570141", "/nonsense/12", 403, TestName = "A_token_without_scope_read_is_forbidden")]
    [TestCase(QueryTestHost.Token, "1234570141", "/nonsense/12", 404, TestName = "An_unknown_name_is_told_before_wrong_parameters")]
    [TestCase(QueryTestHost.Token, "1234570141", "/Transaction", 404, TestName = "Names_are_compared_exactly")]
    [TestCase(QueryTestHost.Token, "1234570141", "", 404, TestName = "The_bare_prefix_is_not_found")]
    [TestCase(QueryTestHost.Token, "1234570141", "/transaction/12", 400, TestName = "Wrong_parameters_are_told_last")]
    public async Task Checks_come_in_order(string? token, string? pcode, string path, int expected)
    {
        List<(string, string)> headers = [];
        if (token is not null)
        {
            headers.Add(("x-whatap-token", token));
        }

        if (pcode is not null)
        {
            headers.Add(("x-whatap-pcode", pcode));
        }

        using HttpResponseMessage response = await _host.SendAsync(HttpMethod.Get, "/open/api/json" + path, [.. headers]);
        AssertError(await QueryTestHost.ReadAsync(response, (HttpStatusCode)expected), expected);
    }

    [TestCase("POST")]
    [TestCase("DELETE")]
    [TestCase("OPTIONS")]
    public async Task Other_methods_are_refused_in_the_familys_shape(string method)
    {
        using HttpResponseMessage response = await _host.SendAsync(new HttpMethod(method), "/open/api/json/transaction");
        AssertError(await QueryTestHost.ReadAsync(response, HttpStatusCode.MethodNotAllowed), 405);
        Assert.That(response.Content.Headers.Allow, Is.EqualTo(new[] { "GET", "HEAD" }));
    }

    [Test]
    public async Task Head_responds_with_the_head_of_a_get_without_a_body()
    {
        using HttpResponseMessage response = await _host.SendAsync(
            HttpMethod.Head, "/open/api/json/sql", ("x-whatap-token", QueryTestHost.Token), ("x-whatap-pcode", $"{Row.Project}"));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Headers.Contains("x-effective-stime"), Is.True);
        Assert.That(await response.Content.ReadAsByteArrayAsync(), Is.Empty);
    }

    [Test]
    public async Task A_response_is_json_that_nobody_caches_or_sniffs()
    {
        using HttpResponseMessage response = await _host.WhatapAsync("/sql");
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/json"));
        Assert.That(response.Headers.CacheControl!.NoStore, Is.True);
        Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
    }

    [TestCase("/transaction/")]
    [TestCase("/transaction/1674990000000/")]
    [TestCase("/transaction/1674990000000/1674990300000/")]
    [TestCase("/thread_count/avg/")]
    [TestCase("/httpc/1674990000000/1674990300000/filter/host/h/port/80/")]
    public async Task A_trailing_slash_changes_nothing(string path) => Assert.That(await _host.StatusAsync(path), Is.EqualTo(HttpStatusCode.OK));

    [TestCase("/sql/../transaction")]
    [TestCase("/sql/%2e%2e/transaction")]
    [TestCase("/./transaction")]
    public async Task Dot_segments_mean_what_they_mean_everywhere(string path) =>
        Assert.That(await _host.StatusAsync(path), Is.EqualTo(HttpStatusCode.OK));

    private static void AssertError(JsonElement body, int code)
    {
        Assert.That(body.EnumerateObject().Select(member => member.Name), Is.EqualTo(new[] { "code", "message", "msg" }));
        Assert.That(body.GetProperty("code").GetInt32(), Is.EqualTo(code));
        Assert.That(body.GetProperty("message").GetString(), Is.Not.Empty.And.EqualTo(body.GetProperty("msg").GetString()));
    }
}
