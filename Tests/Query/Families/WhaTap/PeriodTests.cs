using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Query.Families.WhaTap;

/// <summary>stime and etime: forms, defaults, ranges, and the window that is echoed.</summary>
public sealed class PeriodTests
{
    private const string Day = "/1674950400000/1675036800000";

    private QueryTestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await QueryTestHost.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [TestCase("/sql", 1674993423456, 1674993723456, TestName = "Without_times_the_last_five_minutes_are_asked")]
    [TestCase("/sql/1674990000000", 1674990000000, 1674993723456, TestName = "Without_etime_the_range_ends_now")]
    [TestCase("/sql/1674900000000", 1674900000000, 1674986400000, TestName = "Without_etime_the_range_is_a_day_at_most")]
    [TestCase("/sql?stime=1674990000000&etime=1674990000001", 1674990000000, 1674990000001, TestName = "The_query_string_takes_both_times")]
    [TestCase("/sql/1674990000000?stime=1&etime=1674990000009", 1674990000000, 1674990000009, TestName = "A_time_in_the_path_wins")]
    [TestCase("/sql?stime=1674990000000&stime=12&etime=1674990000009", 1674990000000, 1674990000009, TestName = "The_first_of_two_equal_names_wins")]
    [TestCase("/sql/1674990000000/1675000000000", 1674990000000, 1675000000000, TestName = "An_etime_in_the_future_is_allowed")]
    [TestCase("/sql" + Day, 1674950400000, 1675036800000, TestName = "A_whole_day_is_allowed")]
    [TestCase("/httpc/filter/host/h/port/1?stime=1674990000000&etime=1674990000009", 1674990000000, 1674990000009,
        TestName = "The_filter_form_takes_times_from_the_query_string")]
    [TestCase("/thread_count", 1674993300000, 1674993900000, TestName = "Thread_counts_are_of_the_bucket_before_and_the_current_one")]
    [TestCase("/thread_count/1674990000001/1674990300000", 1674990000000, 1674990600000, TestName = "Thread_counts_are_of_whole_buckets_both_included")]
    [TestCase("/thread_count?stime=1674990000001&etime=1674990299999", 1674990000000, 1674990300000,
        TestName = "Thread_counts_inside_one_bucket_are_of_that_bucket")]
    public async Task The_effective_window_is_echoed(string path, long from, long to)
    {
        using HttpResponseMessage response = await _host.WhatapAsync(path);
        await QueryTestHost.ReadAsync(response, HttpStatusCode.OK);
        Assert.That(response.Headers.GetValues("x-effective-stime"), Is.EqualTo(new[] { $"{from}" }));
        Assert.That(response.Headers.GetValues("x-effective-etime"), Is.EqualTo(new[] { $"{to}" }));
    }

    [TestCase("/sql/1674990000")]
    [TestCase("/sql/16749900000000")]
    [TestCase("/sql/1674990000000/1674990300")]
    [TestCase("/sql/167499000000a")]
    [TestCase("/sql/-674990000000")]
    [TestCase("/sql/%D9%A1674990000000")]
    [TestCase("/sql?stime=")]
    [TestCase("/sql?stime=1674990000000&etime=12")]
    [TestCase("/httpc/1674990000/1674990300000/filter/host/h/port/80")]
    [TestCase("/thread_count/1674990000")]
    [TestCase("/thread_count?stime=1674990000")]
    public async Task A_time_that_is_not_13_digits_is_refused_with_a_hint(string path)
    {
        using HttpResponseMessage response = await _host.WhatapAsync(path);
        JsonElement body = await QueryTestHost.ReadAsync(response, HttpStatusCode.BadRequest);
        Assert.That(body.GetProperty("message").GetString(), Does.Contain("milliseconds expected"));
    }

    [TestCase("/sql/1674990000000/1674990000000", TestName = "An_empty_range_is_refused")]
    [TestCase("/sql/1674990000001/1674990000000", TestName = "A_reversed_range_is_refused")]
    [TestCase("/thread_count/1674990000001/1674990000000", TestName = "A_reversed_range_of_thread_counts_is_refused")]
    [TestCase("/sql/1674950400000/1675036800001", TestName = "A_day_and_a_millisecond_is_refused")]
    [TestCase("/sql/1774990000000", TestName = "An_stime_in_the_future_without_etime_is_refused")]
    [TestCase("/sql?etime=1674990000000", TestName = "An_etime_without_stime_is_refused")]
    public async Task A_wrong_range_is_a_bad_request(string path) => Assert.That(await _host.StatusAsync(path), Is.EqualTo(HttpStatusCode.BadRequest));

    [TestCase("/sql/1674990000000/1674990300000/7")]
    [TestCase("/httpc/1674990000000/1674990300000/filter/host/h")]
    [TestCase("/httpc/1674990000000/1674990300000/filter/port/80/host/h")]
    [TestCase("/sql/1674990000000/1674990300000/filter/host/h/port/80")]
    public async Task A_path_of_more_or_other_parts_is_not_found(string path) =>
        Assert.That(await _host.StatusAsync(path), Is.EqualTo(HttpStatusCode.NotFound));
}
