using System.Diagnostics;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Query.Families.AlertHistory;

/// <summary>
/// The responses that the document of the Alert History API shows, each from samples that lead to it, and its client code, by a whole server.
/// The document gives one alert other labels in the list than in the detail, so each is pushed to a project of its own.
/// </summary>
public sealed class AlertHistoryDocumentTests
{
    private const string Prefix = "/api/v1.0/alert-history";
    private const string MotorId = "550e8400-e29b-41d4-a716-446655440000";
    private const long ListProject = TestProjects.First;
    private const long DetailProject = TestProjects.Second;
    private const long StatsProject = 3;

    // A start of Node, and two requests.
    private static readonly TimeSpan _nodeTimeout = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private RunningServer _server = null!;

    [OneTimeSetUp]
    public async Task PushAsync()
    {
        _server = await RunningServer.StartAsync(
            _folder.FullName, "--AlertHistory:AllowAnonymous=true", "--Projects:2:Pcode=3", "--Projects:2:Name=third",
            $"--Projects:2:Tokens:0:Secret={TestProjects.TokenOf(StatsProject)}");
        await PushAsync(ListProject, [.. Enumerable.Range(1, 1_249)
            .Select(i => Alert(AlertRow.Time - (i * 1_000L), i % 2 == 0 ? "Info" : "Critical", "System")), Motor("equipmentId", "tagId")]);
        SampleRow motor = Motor("equipmentId", "tagId", "threshold");
        motor["annotations"] = new Dictionary<string, string>
        {
            ["summary"] = "Motor 과부하 경보",
            ["runbook"] = "https://docs.example.com/runbooks/motor-overload",
        };
        await PushAsync(DetailProject, [motor]);
        await PushAsync(StatsProject, [.. Enumerable.Range(0, 185).Select(i => Alert(
            AlertRow.Time - i, i < 15 ? "Critical" : i < 57 ? "Warning" : "Info",
            (i % 185) switch { < 38 => "System", < 100 => "Sensor-05", _ => "Equipment-01" }))]);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task The_list_is_the_documents()
    {
        using var response = JsonDocument.Parse(await _server.Client.GetAsync(Prefix, ListProject));
        Assert.That(response.RootElement.EnumerateObject().Select(member => member.Name),
            Is.EqualTo(new[] { "records", "totalCount", "page", "pageSize", "totalPages" }));
        Assert.That(response.RootElement.EnumerateObject().Skip(1).Select(member => member.Value.GetInt32()), Is.EqualTo(new[] { 1250, 1, 50, 25 }));
        AssertSame(response.RootElement.GetProperty("records")[0].GetRawText(),
            MotorRecord(new() { ["equipmentId"] = "Equipment-01", ["tagId"] = "Motor.Current" }));
    }

    [Test]
    public async Task The_detail_is_the_documents()
    {
        Dictionary<string, object> expected = MotorRecord(new() { ["equipmentId"] = "Equipment-01", ["tagId"] = "Motor.Current", ["threshold"] = "80" });
        expected["annotations"] = new Dictionary<string, object>
        {
            ["summary"] = "Motor 과부하 경보",
            ["runbook"] = "https://docs.example.com/runbooks/motor-overload",
        };
        AssertSame(await _server.Client.GetAsync($"{Prefix}/{MotorId}", DetailProject), expected);
    }

    [TestCase("/stats/severity", "severity", "Critical", 15, "Warning", 42, "Info", 128)]
    [TestCase("/stats/source", "source", "Equipment-01", 85, "Sensor-05", 62, "System", 38)]
    public async Task The_statistics_are_the_documents(string path, string name, string first, long ofFirst, string second, long ofSecond,
        string third, long ofThird) =>
        AssertSame(await _server.Client.GetAsync(Prefix + path, StatsProject), new List<object>
        {
            new Dictionary<string, object> { [name] = first, ["count"] = ofFirst },
            new Dictionary<string, object> { [name] = second, ["count"] = ofSecond },
            new Dictionary<string, object> { [name] = third, ["count"] = ofThird },
        });

    [Test]
    public async Task The_documents_CSharp_works_as_written()
    {
        (string output, AlertHistoryClient.AlertHistoryRecord detail,
            List<AlertHistoryClient.SeverityStat> stats) = await AlertHistoryClient.RunAsync(_server.Client.Address);
        Assert.Multiple(() =>
        {
            Assert.That(output, Is.EqualTo("Total: 1, Page: 1/1\n[Warning] Motor Overload - 2026-02-09 10:30:00Z"));
            Assert.That((detail.Id, detail.Title, detail.Timestamp.Kind, detail.Labels["tagId"], detail.Annotations),
                Is.EqualTo((MotorId, "Motor Overload", DateTimeKind.Utc, "Motor.Current", (object?)null)));
            Assert.That(stats, Is.EqualTo(new AlertHistoryClient.SeverityStat[]
            {
                new(AlertHistoryClient.AlertSeverity.Critical, 625), new(AlertHistoryClient.AlertSeverity.Warning, 1),
                new(AlertHistoryClient.AlertSeverity.Info, 624),
            }));
        });
    }

    [Test]
    public async Task The_documents_JavaScript_works_as_written()
    {
        string code = await File.ReadAllTextAsync(RepositoryFolder.Combine("Tests", "Fixtures", "AlertHistory", "snippet.mjs"));
        string[] lines = (await RunInNodeAsync(
            code.Replace("https://localhost:5001", _server.Client.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            + "\nconsole.log(JSON.stringify(chartData));\n")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines[..2], Is.EqualTo(new[] { "Total Alerts: 1250", "[Warning] Motor Overload" }));
        Assert.That(lines, Has.Length.EqualTo(1 + 20 + 1));
        Assert.That(lines[^1], Is.EqualTo("""{"labels":["Critical","Warning","Info"],"data":[625,1,624]}"""));
    }

    private static async Task<string> RunInNodeAsync(string module)
    {
        ProcessStartInfo start = new("node",
            ["--input-type=module", "-"])
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Process? started = null;
        try
        {
            started = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("There is no node on the PATH (18 or later; Debian's package is nodejs).");
        }

        using Process node = started!;
        using CancellationTokenSource late = new(_nodeTimeout);
        await node.StandardInput.WriteAsync(module);
        node.StandardInput.Close();
        Task<string> errors = node.StandardError.ReadToEndAsync(late.Token);
        string output = await node.StandardOutput.ReadToEndAsync(late.Token);
        await node.WaitForExitAsync(late.Token);
        Assert.That(node.ExitCode, Is.Zero, await errors);
        return output;
    }

    private async Task PushAsync(long pcode, IReadOnlyList<SampleRow> rows) =>
        await _server.Client.PushAllAsync([new PushedBatch(pcode, new AgentName("plant"), rows)], _ => BodyForm.JsonRows);

    private static SampleRow Alert(long time, string severity, string source) =>
        new("alert") { ["time"] = time, ["severity"] = severity, ["source"] = source, ["title"] = "another" };

    private static SampleRow Motor(params string[] labels)
    {
        SampleRow motor = Alert(AlertRow.Time, "Warning", "Equipment-01");
        motor["id"] = MotorId;
        motor["title"] = "Motor Overload";
        motor["description"] = "Motor current exceeded 80% threshold";
        motor["labels"] = labels.ToDictionary(name => name, name => name switch { "equipmentId" => "Equipment-01", "tagId" => "Motor.Current", _ => "80" });
        return motor;
    }

    private static Dictionary<string, object> MotorRecord(Dictionary<string, object> labels) => new()
    {
        ["id"] = MotorId,
        ["timestamp"] = "2026-02-09T10:30:00Z",
        ["severity"] = "Warning",
        ["source"] = "Equipment-01",
        ["title"] = "Motor Overload",
        ["description"] = "Motor current exceeded 80% threshold",
        ["labels"] = labels,
    };

    private static void AssertSame(string actual, object expected) => Assert.That(ResponseComparer.Differences(actual, expected), Is.Empty);
}
