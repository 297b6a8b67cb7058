using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using NUnit.Framework;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Golden;

/// <summary>What operators see of a host: help, the OpenAPI document, the names at <c>/metrics</c>.</summary>
[NonParallelizable]
internal sealed partial class OperatorSurfaceTests
{
    // A list of types means the same in any order (JSON Schema 2020-12, 6.1.1): "null" stood last, and stands first since the document model writes it.
    private static readonly string[] _documentSets = ["type"];

    // The version is today's. Errors of samples show the value that was found, in a member that need not be there.
    private static readonly string[] _documentAdditions = ["$.info.version was", "$.components.schemas.SampleError.properties.value was added"];

    [TestCase("Server")]
    [TestCase("Ingest")]
    [TestCase("Query")]
    public async Task The_help_is_as_it_was(string host)
    {
        ProcessStartInfo start = new("dotnet", [ServerProcess.HostFile(host), "--help"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.WorkingDirectory = Path.GetTempPath();
        start.Environment["DOTNET_PROCESSOR_COUNT"] = "2";
        using Process process = Process.Start(start)!;
        string help = await process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That((process.ExitCode, errors), Is.EqualTo((0, "")));
        GoldenFile.Compare($"help/{host}.txt", Version().Replace(help, "${name} 0.1.0", 1));
    }

    [TestCase("Server", "embedded")]
    [TestCase("Ingest", "influx")]
    [TestCase("Query", "influx")]
    public async Task The_OpenAPI_document_is_as_it_was(string host, string storage)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllBytesAsync(folder["influx.env"], "INFLUX_HOST=http://127.0.0.1:9\n"u8.ToArray());
        string[] options = [$"--Storage:Kind={storage}", $"--influx-env={folder["influx.env"]}"];
        using ServerProcess process = await ServerProcess.StartHostAsync(host, folder["data"], options);
        using HttpResponseMessage response = await process.Client.GetResponseAsync("/openapi/v1.json");
        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("application/json; charset=utf-8"));
        string document = await response.Content.ReadAsStringAsync();
        GoldenFile.CompareJson($"openapi/{host}.json", Encoding.UTF8.GetBytes(WithoutPresent(document)), _documentAdditions, _documentSets);
    }

    // The times in examples are those of the request.
    private static string WithoutPresent(string document) => EpochMilliseconds().Replace(document, number =>
    {
        TimeSpan age = TimeProvider.System.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(number.Value, CultureInfo.InvariantCulture));
        return age.Duration() < TimeSpan.FromMinutes(10) ? ExampleTime.Now
            : (age - TimeSpan.FromHours(1)).Duration() < TimeSpan.FromMinutes(10) ? ExampleTime.HourBefore : number.Value;
    });

    // Nanoseconds too.
    [GeneratedRegex("(?<![0-9])[0-9]{13}(?=(000000)?(?![0-9]))")]
    private static partial Regex EpochMilliseconds();

    [Test]
    public async Task The_metrics_of_a_Server_are_as_they_were()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["rules/1/receivers"]);
        await File.WriteAllBytesAsync(folder["rules/1/receivers/ops.json"], """{"url":"https://hooks.example.com"}"""u8.ToArray());
        Directory.CreateDirectory(folder["rules/1/rules"]);
        await File.WriteAllBytesAsync(
            folder["rules/1/rules/many.json"],
            """{"query":{"kind":"thread","measure":"count","window":"1m"},"condition":{"operator":">","threshold":1000000} }"""u8.ToArray());
        await using RunningServer server = await RunningServer.StartAsync(folder, "--Projects:1:Limits:SamplesPerDay=1000000");
        await PushAsync(server.Client);
        await server.SealAsync();
        await QueryAsync(server.Client);
        await Eventually.IsTrueAsync(async () => (await server.Client.GetAsync("/metrics")).Contains("lateness_seconds_count", StringComparison.Ordinal));
        GoldenFile.Compare("metrics/Server.txt", Series(await server.Client.GetAsync("/metrics")));
    }

    [Test]
    public async Task The_metrics_of_hosts_over_InfluxDB_are_as_they_were()
    {
        await using SharedStore store = await SharedStore.StartAsync();
        ServerProcess server = await store.StartHostAsync("Server", "server");
        ServerProcess ingest = await store.StartHostAsync("Ingest", "ingest");
        ServerProcess query = await store.StartHostAsync("Query", "query");
        await PushAsync(ingest.Client);
        await store.WaitForAsync(GoldenSamples.Rows.Count);
        await PushAsync(server.Client);
        await store.WaitForAsync((2 * GoldenSamples.Rows.Count) - GoldenSamples.RowsPerKind);
        await QueryAsync(server.Client);
        await QueryAsync(query.Client);
        foreach ((string host, ServerProcess process) in new[] { ("Ingest", ingest), ("Query", query), ("Server", server) })
        {
            GoldenFile.Compare($"metrics/{host}-influx.txt", Series(await process.Client.GetAsync("/metrics")));
        }
    }

    /// <summary>Samples of every kind, one of them wrong, then the same ones again with their id, then something that is no batch.</summary>
    private static async Task PushAsync(ServerClient client)
    {
        PushedBatch batch = GoldenSamples.Batch("golden-1");
        SampleRow nothing = new("event") { ["time"] = GoldenSamples.Start, ["level"] = "NONE" };
        PushedBatch wrong = batch with { Rows = [.. batch.Rows, nothing] };
        await client.PushAsync(wrong, BodyForm.JsonRows);
        await client.PushAsync(wrong, BodyForm.JsonRows);
        using HttpResponseMessage none = await client.SendAsync("{"u8.ToArray(), "application/json");
    }

    /// <summary>A request of every family.</summary>
    private static async Task QueryAsync(ServerClient client)
    {
        string period = string.Create(CultureInfo.InvariantCulture, $"{GoldenSamples.Start}/{GoldenSamples.Start + 300_000}");
        string tyk = "/api/activity/keys/endpoint/key-1/10/3/2024/10/3/2024";
        foreach (string path in (string[])[$"/open/api/json/transaction/{period}", tyk, "/api/v1.0/alert-history", "/api/v1/schema"])
        {
            await client.GetAsync(path);
        }

        await client.PostSignedAsync("/dashboards/events/search", """{"timeZone":"Z","from":"2024-03-10","to":"2024-03-10"}""");
    }

    // Names, types and help, then every series without its value, labels in order of their names.
    private static string Series(string metrics)
    {
        StringBuilder text = new();
        foreach (string line in metrics.Split('\n').Where(line => line.Length > 0).Select(WithoutValue).Order(StringComparer.Ordinal))
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static string WithoutValue(string line)
    {
        if (line[0] == '#' || Sample().Match(line) is not { Success: true } sample)
        {
            return line;
        }

        if (sample.Groups["name"].Value == "timeseries_build_info")
        {
            return "timeseries_build_info{version=\"<version>\"}";
        }

        string[] labels = [.. Label().Matches(sample.Groups["labels"].Value).Select(label => label.Value).Order(StringComparer.Ordinal)];
        return sample.Groups["name"].Value + (labels.Length > 0 ? $"{{{string.Join(',', labels)}}}" : "");
    }

    [GeneratedRegex(@"^(?<name>TimeSeries \w+) \S+")]
    private static partial Regex Version();

    [GeneratedRegex(@"^(?<name>[a-z_]+)(\{(?<labels>.*)\})? \S+$")]
    private static partial Regex Sample();

    [GeneratedRegex("""[a-z_]+="([^"\\]|\\.)*"|[^,]+""")]
    private static partial Regex Label();
}
