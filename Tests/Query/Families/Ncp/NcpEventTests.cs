using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Query.Families.Ncp;

/// <summary>Which events a search finds, in which order, how they look; and what is wrong with bodies.</summary>
public sealed class NcpEventTests
{
    // 2024-05-08 00:00 UTC.
    private const long Day = 1_715_126_400_000;
    private const long Hour = 3_600_000;
    private const string Whole = "\"timeZone\":\"Z\",\"from\":\"2024-05-08\",\"to\":\"2024-05-08\"";

    [Test]
    public async Task The_documented_response_is_given_out_of_pushed_events()
    {
        const string Documented = """
            {
                "events": {
                    "content": [
                        {
                            "time": "2024-05-08 13:45:58",
                            "level": "EVENT",
                            "type": "ES020",
                            "message": "The status of subscription request for [test-***] requested by [apiKey-***] has been changed to [Accepted]."
                        }
                    ],
                    "total": 1
                }
            }
            """;
        PushedBatch batch = new(TestProjects.First, new AgentName("gateway"),
        [
            new SampleRow("event")
            {
                ["time"] = Day + (4 * Hour) + (45 * 60_000) + 58_765, ["level"] = "EVENT", ["type"] = "ES020",
                ["message"] = "The status of subscription request for [test-***] requested by [apiKey-***] has been changed to [Accepted].",
            },
            new SampleRow("event") { ["time"] = Day, ["level"] = "ALARM", ["type"] = "EU400", ["message"] = "Another one." },
        ]);
        using TemporaryFolder folder = new();
        await using RunningServer server = await RunningServer.StartAsync(folder);
        await server.Client.PushAllAsync([batch], _ => BodyForm.JsonRows);
        string response = await server.Client.PostSignedAsync("/api/v1/dashboards/events/search", """
            { "offset" : 0, "level" : [ "EVENT" ], "limit" : 1, "timeZone" : "+09:00", "from" : "2024-05-08", "to" : "2024-05-08", "type" : [ "ES020" ] }
            """);
        Assert.That(DocumentedResponse.Differences(response, Documented), Is.Empty);
    }

    [Test]
    public async Task Events_stand_newest_first_and_of_one_time_in_order_of_arrival() =>
        Assert.That(await FoundAsync("", Event("a", 5), Event("b", 9), Event("c", 5), Event("d", 5), Event("e", 9)), Is.EqualTo("b e a c d of 5"));

    [TestCase("Z", "2024-05-08", "2024-05-08", "first last")]
    [TestCase("+00:00", "2024-05-07", "2024-05-08", "before first last")]
    [TestCase("Z", "2024-05-08", "2024-05-09", "first last after")]
    [TestCase("Z", "2024-05-10", "2024-05-10", "")]
    [TestCase("Z", "0001-01-01", "9999-12-31", "before first last after")]
    public async Task Days_are_inclusive_at_both_ends(string zone, string from, string to, string expected) => Assert.That(
        await FoundAsync($"\"timeZone\":\"{zone}\",\"from\":\"{from}\",\"to\":\"{to}\"",
            Event("after", 24 * Hour), Event("last", (24 * Hour) - 1), Event("first", 0), Event("before", -1)),
        Is.EqualTo($"{string.Join(' ', expected.Split(' ').Reverse())} of {expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length}"));

    [TestCase("+09:00", 9 * Hour)]
    [TestCase("-03:30", (-3 * Hour) - (Hour / 2))]
    [TestCase("+14:00", 14 * Hour)]
    public async Task Days_and_times_are_those_of_the_zone(string zone, long ahead)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            Event("after", (24 * Hour) - ahead), Event("last", (24 * Hour) - 1 - ahead), Event("first", -ahead), Event("before", -1 - ahead));
        JsonElement events = await SearchAsync(host, $$"""{"timeZone":"{{zone}}","from":"2024-05-08","to":"2024-05-08"}""");
        Assert.That(
            events.GetProperty("content").EnumerateArray().Select(found => $"{found.GetProperty("message")} {found.GetProperty("time")}"),
            Is.EqualTo(new[] { "last 2024-05-08 23:59:59", "first 2024-05-08 00:00:00" }));
    }

    // 2024-03-09 05:00 UTC to 2024-03-12 05:00 UTC: an offset has no summer time, though New York's began on the 10th.
    [Test]
    public async Task Days_have_24_hours_where_clocks_change_too() => Assert.That(
        await FoundAsync("\"timeZone\":\"-05:00\",\"from\":\"2024-03-09\",\"to\":\"2024-03-11\"",
            Event("after", 1_710_219_600_000 - Day), Event("last", 1_710_219_599_999 - Day), Event("first", 1_709_960_400_000 - Day),
            Event("before", 1_709_960_399_999 - Day)),
        Is.EqualTo("last first of 2"));

    [TestCase("\"level\":[\"EVENT\"]", "2 1 of 2")]
    [TestCase("\"level\":[\"EVENT\",\"ALERT\",\"EVENT\"]", "4 2 1 of 3")]
    [TestCase("\"type\":[\"ES020\"]", "3 2 of 2")]
    [TestCase("\"type\":[\"ES020\"],\"level\":[\"EVENT\"]", "2 of 1")]
    [TestCase("\"type\":[\"EU420\"],\"level\":[\"EVENT\"]", " of 0")]
    [TestCase("\"type\":[],\"level\":[]", "4 3 2 1 of 4")]
    [TestCase("\"type\":null,\"level\":null,\"offset\":null,\"limit\":null", "4 3 2 1 of 4")]
    [TestCase("\"unknown\":{\"a\":[1]},\"Level\":\"EVENT\"", "4 3 2 1 of 4")]
    public async Task Levels_and_types_narrow_the_search(string fields, string expected) => Assert.That(
        await FoundAsync(Whole + "," + fields,
            Event("1", 1), Event("2", 2, type: "ES020"), Event("3", 3, "ALARM", "ES020"), Event("4", 4, "ALERT", "EU400")),
        Is.EqualTo(expected));

    [TestCase("\"limit\":2", "25 24 of 25")]
    [TestCase("\"limit\":2,\"offset\":1", "24 23 of 25")]
    [TestCase("\"limit\":2,\"offset\":24", "1 of 25")]
    [TestCase("\"limit\":2,\"offset\":25", " of 25")]
    [TestCase("\"offset\":9223372036854775787", " of 25")]
    [TestCase("\"limit\":1,\"offset\":9223372036854775806", " of 25")]
    [TestCase("\"limit\":9223372036854775807,\"offset\":0", "25 24 23 22 21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 of 25")]
    [TestCase("\"offset\":20", "5 4 3 2 1 of 25")]
    [TestCase("\"type\":[]", "25 24 23 22 21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 of 25")]
    public async Task Pages_begin_at_an_offset_of_rows(string fields, string expected) =>
        Assert.That(await FoundAsync(Whole + "," + fields, [.. Enumerable.Range(1, 25).Select(i => Event($"{i}", i))]), Is.EqualTo(expected));

    [Test]
    public async Task A_page_holds_at_most_10000_events_and_the_total_counts_all()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync([.. Enumerable.Range(0, 10_001).Select(i => Event("x", i))]);
        JsonElement events = await SearchAsync(host, $$"""{{{Whole}},"limit":10001}""");
        Assert.That((events.GetProperty("content").GetArrayLength(), events.GetProperty("total").GetInt64()), Is.EqualTo((10_000, 10_001)));
    }

    [TestCase("", "The body is no JSON")]
    [TestCase("{", "The body is no JSON")]
    [TestCase("[]", "The body must be a JSON object")]
    [TestCase("\"x\"", "The body must be a JSON object")]
    [TestCase("{\"from\":\"2024-05-08\",\"to\":\"2024-05-08\"}", "timeZone is required")]
    [TestCase("{\"timeZone\":null,\"from\":\"2024-05-08\",\"to\":\"2024-05-08\"}", "timeZone is required")]
    [TestCase("{\"timeZone\":\"Asia/Seoul\",\"from\":\"2024-05-08\",\"to\":\"2024-05-08\"}", "timeZone must be")]
    [TestCase("{\"timeZone\":\"09:00\",\"from\":\"2024-05-08\",\"to\":\"2024-05-08\"}", "timeZone must be")]
    [TestCase("{\"timeZone\":\"+9:00\",\"from\":\"2024-05-08\",\"to\":\"2024-05-08\"}", "timeZone must be")]
    [TestCase("{\"timeZone\":\"+14:01\",\"from\":\"2024-05-08\",\"to\":\"2024-05-08\"}", "timeZone must be")]
    [TestCase("{\"timeZone\":9,\"from\":\"2024-05-08\",\"to\":\"2024-05-08\"}", "timeZone must be")]
    [TestCase("{\"timeZone\":\"Z\",\"to\":\"2024-05-08\"}", "from is required")]
    [TestCase("{\"timeZone\":\"Z\",\"from\":\"2024-05-08\"}", "to is required")]
    [TestCase("{\"timeZone\":\"Z\",\"from\":\"2024-5-8\",\"to\":\"2024-05-08\"}", "from must be")]
    [TestCase("{\"timeZone\":\"Z\",\"from\":\"2024-02-30\",\"to\":\"2024-05-08\"}", "from must be")]
    [TestCase("{\"timeZone\":\"Z\",\"from\":\"2024-05-08\",\"to\":\"2024-05-08T00:00:00\"}", "to must be")]
    [TestCase("{\"timeZone\":\"Z\",\"from\":\"2024-05-08\",\"to\":20240508}", "to must be")]
    [TestCase("{\"timeZone\":\"Z\",\"from\":\"2024-05-09\",\"to\":\"2024-05-08\"}", "from must not be after to")]
    [TestCase("{#,\"limit\":0}", "limit must be")]
    [TestCase("{#,\"limit\":-1}", "limit must be")]
    [TestCase("{#,\"limit\":1.5}", "limit must be")]
    [TestCase("{#,\"limit\":\"1\"}", "limit must be")]
    [TestCase("{#,\"limit\":9223372036854775808}", "limit must be")]
    [TestCase("{#,\"offset\":-1}", "offset must be")]
    [TestCase("{#,\"offset\":9223372036854775808}", "offset must be")]
    [TestCase("{#,\"offset\":9223372036854775807}", "offset and limit together")]
    [TestCase("{#,\"offset\":1,\"limit\":9223372036854775807}", "offset and limit together")]
    [TestCase("{#,\"level\":[\"EVENT\",null]}", "level must be a list of EVENT, ALARM, ALERT, found null")]
    [TestCase("{#,\"level\":[\"event\"]}", "level must be")]
    [TestCase("{#,\"level\":[\"\"]}", "level must be")]
    [TestCase("{#,\"level\":\"EVENT\"}", "level must be")]
    [TestCase("{#,\"level\":{}}", "level must be")]
    [TestCase("{#,\"type\":[null]}", "type must be")]
    [TestCase("{#,\"type\":[\"ES999\"]}", "type must be")]
    [TestCase("{#,\"type\":[[\"ES010\"]]}", "type must be")]
    public async Task A_wrong_body_is_refused_by_the_fields_name(string body, string details)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        using HttpResponseMessage response = await host.NcpAsync(body.Replace("#", Whole, StringComparison.Ordinal));
        AssertError(await QueryTestHost.ReadAsync(response, HttpStatusCode.BadRequest), "100", "Bad Request Exception", details);
    }

    [Test]
    public async Task Nothing_found_is_an_empty_list()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        using HttpResponseMessage response = await host.NcpAsync($$"""{{{Whole}}}""");
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("""{"events":{"content":[],"total":0}}"""));
    }

    [Test]
    public async Task Hostile_messages_come_back_as_they_were_pushed()
    {
        const string Hostile = "</script>\"\\\u0001\u2028😀'&+é\n";
        await using QueryTestHost host = await QueryTestHost.StartAsync(Event(Hostile, 1));
        JsonElement events = await SearchAsync(host, $$"""{{{Whole}}}""");
        Assert.That(events.GetProperty("content")[0].GetProperty("message").GetString(), Is.EqualTo(Hostile));
    }

    /// <summary>That an error has the vendor's shape and says this.</summary>
    internal static void AssertError(JsonElement body, string code, string message, string details)
    {
        JsonElement error = body.GetProperty("error");
        Assert.That(body.EnumerateObject().Count(), Is.EqualTo(1));
        Assert.That(error.EnumerateObject().Select(member => member.Name), Is.EqualTo(new[] { "errorCode", "message", "details" }));
        Assert.That(error.GetProperty("errorCode").GetString(), Is.EqualTo(code));
        Assert.That(error.GetProperty("message").GetString(), Is.EqualTo(message));
        Assert.That(error.GetProperty("details").GetString(), Does.Contain(details));
    }

    private static Row Event(string message, long after, string level = "EVENT", string type = "ES010") =>
        new Row(Kind.Event, Day + after).With("level", level).With("type", type).With("message", message);

    private static async Task<string> FoundAsync(string fields, params Row[] rows)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(rows);
        JsonElement events = await SearchAsync(host, $"{{{(fields.Length > 0 ? fields : Whole)}}}");
        return $"{string.Join(' ', events.GetProperty("content").EnumerateArray().Select(found => found.GetProperty("message").GetString()))} of "
            + $"{events.GetProperty("total")}";
    }

    private static async Task<JsonElement> SearchAsync(QueryTestHost host, string body)
    {
        using HttpResponseMessage response = await host.NcpAsync(body);
        return (await QueryTestHost.ReadAsync(response, HttpStatusCode.OK)).GetProperty("events");
    }
}
