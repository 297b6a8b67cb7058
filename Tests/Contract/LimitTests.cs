using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract;

/// <summary>
/// Each limit of the ingest contract, at the limit and one over, between two sound neighbours that must be kept. The limits stand here
/// as the contract states them.
/// </summary>
internal sealed class LimitTests
{
    private const long MaxCount = 1L << 53;
    private const long MaxDuration = 1_000_000_000_000;
    private const int MaxMessage = 32_768;

    private static readonly string[] _durations = ["elapsed", "sql_time", "sql_fetch_time", "httpc_time", "cpu_time", "upstream_latency"];
    private static readonly string[] _counts = ["sql_count", "sql_fetch_count", "httpc_count", "malloc"];
    private static readonly string[] _shortTexts =
        ["txid", "method", "error_class", "remote_ip", "country", "city", "user_id", "api_id", "api_name", "api_key", "oauth_id", "alias"];

    private readonly TemporaryFolder _folder = new();
    private RunningServer _server = null!;

    [OneTimeSetUp]
    public async Task Start() => _server = await RunningServer.StartAsync(_folder);

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [TestCaseSource(nameof(Acceptable))]
    public async Task What_is_within_the_limit_is_taken(SampleRow row)
    {
        foreach (BodyForm form in Forms(row))
        {
            JsonElement response = await PushBetweenAsync(row, form);
            Assert.That((response.GetProperty("accepted").GetInt32(), response.GetProperty("truncated").GetInt32()), Is.EqualTo((3, 0)), $"{form}: {response}");
        }
    }

    [TestCaseSource(nameof(Unacceptable))]
    public async Task What_is_not_is_rejected_by_name_and_its_neighbours_are_kept(SampleRow row, string field)
    {
        foreach (BodyForm form in Forms(row))
        {
            JsonElement response = await PushBetweenAsync(row, form);
            JsonElement error = response.GetProperty("errors").EnumerateArray().FirstOrDefault();
            Assert.That((response.GetProperty("accepted").GetInt32(), response.GetProperty("rejected").GetInt32()), Is.EqualTo((2, 1)), $"{form}: {response}");
            Assert.That(
                (error.GetProperty("kind").GetString(), error.GetProperty("index").GetInt32(), error.GetProperty("field").GetString()),
                Is.EqualTo((row.Kind, 1, field)), $"{form}: {response}");
        }
    }

    [TestCaseSource(nameof(Cuttable))]
    public async Task What_is_too_long_to_keep_whole_is_cut_and_counted(SampleRow row)
    {
        foreach (BodyForm form in Forms(row))
        {
            JsonElement response = await PushBetweenAsync(row, form);
            Assert.That((response.GetProperty("accepted").GetInt32(), response.GetProperty("truncated").GetInt32()), Is.EqualTo((3, 1)), $"{form}: {response}");
        }
    }

    private static IEnumerable<TestCaseData> Acceptable() => Named(
    [
        .. _durations.SelectMany(
            field =>
            new[] { With("transaction", field, MaxDuration), With("transaction", field, 0L), With("transaction", field, 0.0004),
            With("transaction", field, 1e12) }),
        .. _counts.SelectMany(
            field => new[] { With("transaction", field, MaxCount), With("transaction", field, 0L), With("transaction", field, 9007199254740992.0) }),
        .. _shortTexts.Select(field => With("transaction", field, Text(1_024))),
        .. new[] { ("transaction", "service"), ("httpc", "url"), ("httpc", "service"), ("sql", "service"), ("exception", "class"),
            ("exception", "service"), ("alert", "source") }
            .Select(field => With(field.Item1, field.Item2, Text(2_048))),
        .. new[] { ("transaction", "service"), ("sql", "sql"), ("httpc", "url"), ("exception", "class"), ("alert", "source"),
            ("alert", "title"), ("event", "message") }
            .Select(field => With(field.Item1, field.Item2, "")),
        With("sql", "sql", Text(32_768)),
        With("sql", "db", Text(1_024)),
        With("httpc", "host", Text(1_024)),
        With("httpc", "port", 0L),
        With("httpc", "port", 65_535L),
        With("transaction", "oname", Text(1_024)),
        With("exception", "message", Text(MaxMessage)),
        With("exception", "stack", Text(MaxMessage)),
        With("exception", "snap_seq", long.MaxValue),
        With("exception", "snap_seq", -long.MaxValue),
        With("transaction", "error_message", Text(MaxMessage)),
        With("transaction", "user_agent", Text(1_024)),
        With("alert", "description", Text(MaxMessage)),
        With("event", "message", Text(MaxMessage)),
        With("alert", "title", Text(1_024)),
        With("alert", "labels", Map(64)),
        With("alert", "annotations", Map(64)),
        With("alert", "id", "0B7C1A52-4A5C-4D7C-9F0E-2A7D3E5F6A7C"),
        With("transaction", "time", 1_000_000_000_000L),
        With("transaction", "time", 1_710_071_400_000.0),
        With("transaction", "status", 200.0),
        With("transaction", "error", null),
        With("transaction", "txid", ""),
        With("thread", "count", 0L),
        With("thread", "count", 0.0000001),
    ]);

    private static IEnumerable<TestCaseData> Unacceptable()
    {
        (SampleRow Row, string Field)[] rows =
        [
            .. _durations.SelectMany(field => new object[] { MaxDuration + 1, 1.000001e12, -0.001, -1L, "1", true, double.MaxValue }
                .Select(value => (With("transaction", field, value), field))),
            .. _counts.SelectMany(field => new object[] { MaxCount + 1, -1L, 0.5, "7", false, 1e300 }
                .Select(value => (With("transaction", field, value), field))),
            .. _shortTexts.SelectMany(field => new object[] { Text(1_025), 5L, 1.5, true }.Select(value => (With("transaction", field, value), field))),
            .. new[] { ("transaction", "service"), ("httpc", "url"), ("httpc", "service"), ("sql", "service"), ("exception", "class"),
                ("exception", "service"), ("alert", "source") }
                .Select(field => (With(field.Item1, field.Item2, Text(2_049)), field.Item2)),
            .. new[] { ("transaction", "service"), ("transaction", "elapsed"), ("transaction", "time"), ("sql", "sql"), ("sql", "elapsed"),
                ("httpc", "url"), ("exception", "class"),
                    ("thread", "count"), ("alert", "severity"), ("alert", "source"), ("alert", "title"), ("event", "level"),
                    ("event", "type"), ("event", "message") }
                .Select(field => (With(field.Item1, field.Item2, null), field.Item2)),
            (With("sql", "sql", Text(32_769)), "sql"),
            (With("sql", "db", Text(1_025)), "db"),
            (With("httpc", "host", Text(1_025)), "host"),
            (With("httpc", "port", 65_536L), "port"),
            (With("httpc", "port", -1L), "port"),
            (With("httpc", "port", "80"), "port"),
            (With("transaction", "oname", Text(1_025)), "oname"),
            (With("transaction", "oname", 1L), "oname"),
            (With("transaction", "oid", 1L << 31), "oid"),
            (With("transaction", "status", 200.5), "status"),
            (With("transaction", "status", "200"), "status"),
            (With("transaction", "error", 1L), "error"),
            (With("transaction", "error", "true"), "error"),
            (With("transaction", "time", 999_999_999_999L), "time"),
            (With("transaction", "time", 10_000_000_000_000L), "time"),
            (With("transaction", "time", 1_710_071_400L), "time"),
            (With("transaction", "time", 1_710_071_400_000.5), "time"),
            (With("transaction", "time", "1710071400000"), "time"),
            (With("transaction", "time", DateTimeOffset.MaxValue.AddYears(-7_900).ToUnixTimeMilliseconds()), "time"),
            (With("exception", "snap_seq", 1e19), "snap_seq"),
            (With("thread", "count", -0.5), "count"),
            (With("alert", "severity", "Fatal"), "severity"),
            (With("alert", "id", "no guid"), "id"),
            (With("alert", "title", Text(1_025)), "title"),
            (With("alert", "labels", Map(65)), "labels"),
            (With("alert", "labels", "zone"), "labels"),
            (With("event", "level", "alarm"), "level"),
            (With("event", "type", "ES011"), "type"),
        ];
        return rows.Select((pair, index) => new TestCaseData(pair.Row,
            pair.Field)
        { TestName = $"{index:000} {pair.Row.Kind}.{pair.Field} = {Show(pair.Row[pair.Field])} is rejected" });
    }

    private static IEnumerable<TestCaseData> Cuttable() => Named(
    [
        With("exception", "message", Text(MaxMessage + 1)),
        With("exception", "message", new string('\u20AC', 20_000)),
        With("exception", "stack", Text(100_000)),
        With("transaction", "error_message", Text(MaxMessage + 1)),
        With("transaction", "user_agent", Text(1_025)),
        With("alert", "description", Text(MaxMessage + 1)),
        With("event", "message", Text(MaxMessage + 1)),
    ]);

    private static IEnumerable<TestCaseData> Named(SampleRow[] rows) => rows.Select((row, index) =>
        new TestCaseData(row) { TestName = $"{index:000} {row.Kind}.{row.Fields.Keys.Last()} = {Show(row.Fields.Values.Last())}" });

    private static string Show(object? value) => value switch
    {
        null => "nothing",
        string { Length: > 40 } text => $"{text.Length} characters",
        Dictionary<string, string> map => $"{map.Count} entries",
        string text => $"'{text}'",
        _ => FormattableString.Invariant($"{value}"),
    };

    // The changed field stands last.
    private static SampleRow With(string kind, string field, object? value)
    {
        SampleRow row = Sound(kind);
        row.Fields.Remove(field);
        row[field] = value;
        return row;
    }

    private static SampleRow Sound(string kind)
    {
        const long time = BatchGenerator.Start;
        return kind switch
        {
            "transaction" => new(kind) { ["time"] = time, ["service"] = "/s", ["elapsed"] = 1L },
            "sql" => new(kind) { ["time"] = time, ["sql"] = "select", ["elapsed"] = 1L },
            "httpc" => new(kind) { ["time"] = time, ["url"] = "/u", ["elapsed"] = 1L },
            "exception" => new(kind) { ["time"] = time, ["class"] = "C" },
            "thread" => new(kind) { ["time"] = time, ["count"] = 1L },
            "alert" => new(kind) { ["time"] = time, ["severity"] = "Info", ["source"] = "s", ["title"] = "t" },
            _ => new(kind) { ["time"] = time, ["level"] = "EVENT", ["type"] = "ES010", ["message"] = "m" },
        };
    }

    private static string Text(int bytes) => new('x', bytes);

    private static Dictionary<string, string> Map(int entries) => Enumerable.Range(0, entries).ToDictionary(i => $"key{i}", i => $"{i}");

    // JSON has no packed columns; and a null in a packed or table form is the same as in any other.
    private static IEnumerable<BodyForm> Forms(SampleRow row) =>
        row.Fields.Values.Any(value => value is "0B7C1A52-4A5C-4D7C-9F0E-2A7D3E5F6A7C") ? [BodyForm.JsonRows] : Enum.GetValues<BodyForm>();

    private Task<JsonElement> PushBetweenAsync(SampleRow row, BodyForm form) =>
        _server.Client.PushAsync(new PushedBatch(TestProjects.First, new AgentName("agent"), [Sound(row.Kind), row, Sound(row.Kind)]), form);
}
