using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using NUnit.Framework;
using TimeSeries.Tests.Description;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Documents;

/// <summary>The files of docs/examples run as they stand against a server, and their responses hold what they pushed.</summary>
internal sealed partial class ExampleTests
{
    private const string AccessKey = "example-access-key";
    private const string SecretKey = "example-secret-key";

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    // What must be in the response, where (a member's path; a number is an element), by file.
    private static readonly Dictionary<string, (string Place, string Value)> _expected = new()
    {
        ["push.sh"] = ("rejected", "0"),
        ["transaction.sh"] = ("records.0.service", "/cart"),
        ["sql.sh"] = ("records.0.sql", "update cart set n=# where id=#"),
        ["httpc.sh"] = ("records.0.HostHash", "-675813464"),
        ["exception.sh"] = ("records.0.snapSeq", "6068699991557528332"),
        ["remote.sh"] = ("records.0.ip", "140.193.83.68"),
        ["thread_count.sh"] = ("series.0.1", "43"),
        ["tyk-keys.sh"] = ("data.0.id.path", "/cart"),
        ["tyk-oauthid.sh"] = ("data.0.upstream_latency", "490"),
        ["ncp-events.sh"] = ("events.content.0.type", "ES020"),
        ["alert-history.sh"] = ("records.0.labels.tagId", "Motor.Current"),
        ["alert-detail.sh"] = ("annotations.runbook", "https://docs.example.com/runbooks/motor-overload"),
        ["alert-severity.sh"] = ("0.severity", "Warning"),
        ["alert-source.sh"] = ("0.source", "Equipment-01"),
        ["aggregate.sh"] = ("rows.0.3", "0.5"),
        ["samples.sh"] = ("samples.0.elapsed", "747"),
    };

    [TestCaseSource(nameof(Files))]
    public async Task An_example_runs_as_it_is_and_gets_what_it_pushed(string file)
    {
        using TemporaryFolder folder = new();
        await using RunningServer server = await StartServerAsync(folder);
        string body = await RunAsync(server, RepositoryFolder.Combine("docs", "examples", file));
        using JsonDocument response = JsonDocument.Parse(body);
        Assert.That(Find(response.RootElement, _expected[file].Place).ToString(), Is.EqualTo(_expected[file].Value), body);

        (string method, string path) = Request(await File.ReadAllTextAsync(RepositoryFolder.Combine("docs", "examples", file)));
        Assert.That(
            DescribedApi.OfServer.Faults(method, new Uri(server.Client.Address, path), 200, null,
                new MediaTypeHeaderValue("application/json"), () => body), Is.Empty);
    }

    [Test]
    public void Every_documented_endpoint_has_an_example()
    {
        string all = string.Concat(Files().Select(file => File.ReadAllText(RepositoryFolder.Combine("docs", "examples", file))));
        string[] documented =
        [
            "/open/api/json/exception", "/open/api/json/httpc", "/open/api/json/remote", "/open/api/json/sql", "/open/api/json/transaction",
            "/open/api/json/thread_count",
            "/api/activity/keys/endpoint/", "/api/activity/oauthid/endpoint/", "/dashboards/events/search",
            "/api/v1.0/alert-history?", "/api/v1.0/alert-history/5", "/api/v1.0/alert-history/stats/severity",
            "/api/v1.0/alert-history/stats/source", "/ingest/v1/batch",
        ];
        Assert.That(documented.Where(path => !all.Contains(path, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Every_file_stands_in_the_table()
    {
        string table = File.ReadAllText(RepositoryFolder.Combine("docs", "examples", "README.md"));
        Assert.That(Files().Where(file => !table.Contains($"]({file})", StringComparison.Ordinal)), Is.Empty);
    }

    internal static Task<RunningServer> StartServerAsync(TemporaryFolder folder) =>
        RunningServer.StartAsync(folder, $"--Projects:0:AccessKeys:0:Id={AccessKey}", $"--Projects:0:AccessKeys:0:Secret={SecretKey}");

    private static string[] Files() =>
        [.. Directory.GetFiles(RepositoryFolder.Combine("docs", "examples"), "*.sh").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    // Runs bash with what the examples expect in the environment; what it prints.
    internal static async Task<string> RunAsync(RunningServer server, params string[] arguments)
    {
        ProcessStartInfo start = new("bash", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ADDRESS"] = server.Client.Address.GetLeftPart(UriPartial.Authority);
        start.Environment["TOKEN"] = TestProjects.TokenOf(TestProjects.First);
        start.Environment["PCODE"] = TestProjects.First.ToString(CultureInfo.InvariantCulture);
        start.Environment["ACCESS_KEY"] = AccessKey;
        start.Environment["SECRET_KEY"] = SecretKey;
        using Process process = Process.Start(start)!;
        using CancellationTokenSource late = new(_limit);
        Task<string> errors = process.StandardError.ReadToEndAsync(late.Token);
        string output = await process.StandardOutput.ReadToEndAsync(late.Token);
        await process.WaitForExitAsync(late.Token);
        Assert.That(process.ExitCode, Is.Zero, await errors);
        return output;
    }

    // The method and path of the file's last curl; variables stand for times and days, which any will do for.
    private static (string Method, string Path) Request(string text)
    {
        string path = Address().Matches(text).Last().Groups[1].Value.Replace("$path", "/api/v1/dashboards/events/search", StringComparison.Ordinal)
            .Replace("$from", "1/1/2024", StringComparison.Ordinal).Replace("$to", "1/1/2024", StringComparison.Ordinal)
            .Replace("$stime", "1700000000000", StringComparison.Ordinal).Replace("$etime", "1700000000001", StringComparison.Ordinal);
        return (text.Contains("-X POST", StringComparison.Ordinal) ? "POST" : "GET", path);
    }

    private static JsonElement Find(JsonElement element, string place) =>
        place.Split('.').Aggregate(element, (found, part) => int.TryParse(part, out int index) ? found[index] : found.GetProperty(part));

    [GeneratedRegex("""\$ADDRESS(/?[^"]*)" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Address();
}
