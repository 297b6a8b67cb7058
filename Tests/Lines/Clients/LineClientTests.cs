using System.Globalization;
using System.Net;
using System.Text.Json;
using InfluxDB.Client;
using InfluxDB.Client.Api.Domain;
using InfluxDB.Client.Api.Service;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Lines.Clients;

/// <summary>InfluxDB's clients for .NET and JavaScript write here as to an InfluxDB 2; what comes back equals what they were given.</summary>
internal sealed class LineClientTests
{
    private const long Base = 1_767_225_600_000;
    private const int Points = 600;

    private static readonly string _token = TestProjects.TokenOf(TestProjects.First);

    // What a client has to escape, or must not.
    private static readonly string[] _names =
    [
        "plain", "a b", "a,b", "a=b", "x, y=z ", "quo\"ted\"", "back\\slash", "한국어 日本語", "\U0001F98A", "e\u0301", "'single'", "#hash", "t", "12", "100%",
    ];

    private static readonly string[] _texts =
    [
        .. _names, "two\nlines", "\r\n", "tab\there", "\"", "\\", "\\\"", "ends with \\", "a\\\\b", "a=1,b=2 c", "", " ", "\u05E9\u05DC\u05D5\u05DD", "true",
        "1i",
    ];

    private FaultyFileSystem _files = null!;
    private RunningServer _server = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _files = new FaultyFileSystem();
        _server = await RunningServer.StartAsync("/data", services => services.AddSingleton<IFileSystem>(_files));
    }

    [TearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [TestCase(typeof(DotNetLineClient), "ns", true)]
    [TestCase(typeof(DotNetLineClient), "us", false)]
    [TestCase(typeof(DotNetLineClient), "ms", true)]
    [TestCase(typeof(DotNetLineClient), "s", false)]
    [TestCase(typeof(NodeLineClient), "ns", true)]
    [TestCase(typeof(NodeLineClient), "us", false)]
    [TestCase(typeof(NodeLineClient), "ms", true)]
    [TestCase(typeof(NodeLineClient), "s", false)]
    public async Task What_was_written_comes_back(Type client, string precision, bool gzip)
    {
        LinePoint[] points = [.. Enumerable.Range(0, Points).Select(i => Point(i, precision == "s" ? 1_000 : 1))];
        WriteReport report = await WriteAsync(client, points, new LineSettings(_server.Client.Address, _token, precision, BatchSize: 90, gzip));
        Assert.That(report.Errors, Is.Empty);
        Assert.That(report.FailedAttempts, Is.Zero);
        foreach (IGrouping<string, LinePoint> kind in points.GroupBy(point => point.Measurement))
        {
            Assert.That((await SamplesAsync(kind.Key)).Select(Lines), Is.EquivalentTo(kind.Select(Lines)), kind.Key);
        }
    }

    [TestCase(typeof(DotNetLineClient))]
    [TestCase(typeof(NodeLineClient))]
    public async Task A_refused_line_is_told_to_the_application_and_costs_itself(Type client)
    {
        LinePoint[] points = [Point(0), Point(3) with { Fields = new Dictionary<string, object> { ["elapsed"] = -1.0, ["service"] = "/x" } }, Point(6)];
        WriteReport report = await WriteAsync(client, points, new LineSettings(_server.Client.Address, _token));
        Assert.That(report.Errors, Is.EqualTo(new[]
        {
            "partial write: unable to parse 'line 2': transaction.elapsed must be a number ≥ 0 dropped=1",
        }));
        Assert.That(report.FailedAttempts, Is.EqualTo(1));
        Assert.That(await SamplesAsync("transaction"), Has.Length.EqualTo(2));
    }

    [TestCase(typeof(DotNetLineClient), "nonsense", "unauthorized access")]
    [TestCase(typeof(DotNetLineClient), TestProjects.ReadOnlyToken, "the token lacks the scope ingest")]
    [TestCase(typeof(NodeLineClient), "nonsense", "unauthorized access")]
    [TestCase(typeof(NodeLineClient), TestProjects.ReadOnlyToken, "the token lacks the scope ingest")]
    public async Task A_token_that_may_not_write_is_told_to_the_application(Type client, string token, string error)
    {
        WriteReport report = await WriteAsync(client, [Point(0)], new LineSettings(_server.Client.Address, token));
        Assert.That(report.Errors, Is.EqualTo(new[] { error }));
    }

    [TestCase(typeof(DotNetLineClient))]
    [TestCase(typeof(NodeLineClient))]
    public async Task Retries_lose_and_double_nothing(Type client)
    {
        await using LineRelay relay = await LineRelay.StartAsync(_server.Client.Address, async (number, pass) => number switch
        {
            0 => await FailingDiskAsync(pass),
            2 => LineRelay.Busy(HttpStatusCode.TooManyRequests, seconds: 1),
            _ => await pass(),
        });
        LinePoint[] points = [.. Enumerable.Range(0, Points).Select(i => Point(i * 3))];
        WriteReport report = await WriteAsync(client, points, new LineSettings(relay.Address, _token, BatchSize: 100, Gzip: true));
        Assert.That(report.Errors, Is.Empty);
        Assert.That(relay.Statuses.Distinct(), Is.EquivalentTo(new[] { 503, 429, 204 }));
        Assert.That(relay.Statuses.Count(status => status != 204), Is.EqualTo(report.FailedAttempts));
        Assert.That((await SamplesAsync("transaction")).Select(Lines), Is.EquivalentTo(points.Select(Lines)));
    }

    // The client for JavaScript sends it again by itself; that for .NET tells the application, which does.
    [TestCase(typeof(DotNetLineClient))]
    [TestCase(typeof(NodeLineClient))]
    public async Task A_write_whose_response_was_lost_is_stored_once(Type client)
    {
        await using LineRelay relay = await LineRelay.StartAsync(_server.Client.Address,
            async (number, pass) => number == 0 ? await LostAsync(pass) : await pass());
        LinePoint[] points = [.. Enumerable.Range(0, 50).Select(i => Point(i * 3))];
        LineSettings settings = new(relay.Address, _token);
        WriteReport report = await WriteAsync(client, points, settings);
        Assert.That(report.FailedAttempts, Is.EqualTo(1));
        if (report.Errors.Count > 0)
        {
            report = await WriteAsync(client, points, settings);
            Assert.That(report.Errors, Is.Empty);
        }

        Assert.That(relay.Statuses, Is.EqualTo(new[] { 0, 204 }));
        Assert.That((await SamplesAsync("transaction")).Select(Lines), Is.EquivalentTo(points.Select(Lines)));
    }

    [Test]
    public async Task What_a_client_asks_before_it_writes_is_known()
    {
        using InfluxDBClient client = new(_server.Client.Address.ToString(), "any");
        Assert.That(await client.PingAsync(), Is.True);
        Assert.That(await client.VersionAsync(), Is.EqualTo("1.8.10-timeseries"));
        Ready ready = await client.ReadyAsync();
        Assert.That(ready.Status, Is.EqualTo(Ready.StatusEnum.Ready));
        Assert.That(ready.Started, Is.EqualTo(TimeProvider.System.GetUtcNow().UtcDateTime).Within(TimeSpan.FromMinutes(10)));
        Assert.That(ready.Up, Does.Match(@"^(\d+h)?(\d+m)?\d+(\.\d+)?s$"));
        HealthCheck health = await client.CreateService<HealthService>(typeof(HealthService)).GetHealthAsync();
        Assert.That(health.Status, Is.EqualTo(HealthCheck.StatusEnum.Pass));
    }

    // A disk that refuses once, as a full one does, and has room again when the client was told.
    private async Task<HttpResponseMessage> FailingDiskAsync(Func<Task<HttpResponseMessage>> pass)
    {
        _files.Fail(FileOperation.Write, times: int.MaxValue);
        HttpResponseMessage response = await pass();
        _files.Heal();
        return response;
    }

    // The server stores it and the client never hears of that.
    private static async Task<HttpResponseMessage?> LostAsync(Func<Task<HttpResponseMessage>> pass)
    {
        using HttpResponseMessage response = await pass();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        return null;
    }

    private static Task<WriteReport> WriteAsync(Type client, IReadOnlyList<LinePoint> points, LineSettings settings) =>
        ((ILineClient)Activator.CreateInstance(client)!).WriteAsync(points, settings);

    private static LinePoint Point(int number, int step = 1)
    {
        Dictionary<string, string> tags = new() { ["oname"] = _names[number % _names.Length], ["okind"] = "clients" };
        Dictionary<string, object> fields = new() { ["elapsed"] = number * 0.125, ["txid"] = $"{number}" };
        string measurement = (number % 3) switch { 0 => "transaction", 1 => "sql", _ => "thread" };
        string text = _texts[number % _texts.Length];
        switch (measurement)
        {
            case "transaction":
                tags["service"] = "/" + _names[number % 7];
                fields["error_message"] = text;
                fields["error"] = number % 2 == 0;
                fields["status"] = (long)(200 + number % 300);
                fields["malloc"] = (ulong)number << 32;
                break;
            case "sql":
                fields["sql"] = "SELECT " + text;
                fields["fetch_count"] = (double)number;
                break;
            default:
                fields = new() { ["count"] = number + 0.5 };
                break;
        }

        return new LinePoint(measurement, tags, fields, Base + (long)number * step);
    }

    // Everything that both a point and its sample say, in one order. An empty text is as good as none.
    private static string Lines(LinePoint point) => Lines(point.Time, point.Tags.Select(tag => (tag.Key, (object)tag.Value))
        .Concat(point.Fields.Select(field => (field.Key, field.Value))).Where(field => field.Item2 is not ""));

    private static string Lines(JsonElement sample) => Lines(sample.GetProperty("time").GetInt64(), sample.EnumerateObject()
        .Where(field => field.Name is not ("time" or "oid")).Select(field => (field.Name, field.Value.ValueKind switch
        {
            JsonValueKind.Number => field.Value.GetDouble(),
            JsonValueKind.String => (object)field.Value.GetString()!,
            _ => field.Value.GetBoolean(),
        })));

    private static string Lines(long time, IEnumerable<(string Name, object Value)> fields) => time + " " + string.Join('|', fields
        .OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => $"{field.Name}={TextOf(field.Value)}"));

    private static object TextOf(object value) => value is long or ulong ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : value;

    private async Task<JsonElement[]> SamplesAsync(string kind)
    {
        string body = await _server.Client.GetAsync($"/api/v1/samples?kind={kind}&from=1000000000000&to=9000000000000&limit=10000");
        using JsonDocument document = JsonDocument.Parse(body);
        return [.. document.RootElement.GetProperty("samples").EnumerateArray().Select(sample => sample.Clone())];
    }
}
