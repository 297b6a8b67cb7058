using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Tests.Contract;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Contract.Oracle.Endpoints;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Golden;

/// <summary>A data directory of long ago: today's Server reads it whole, and writes the same bytes from the same batches.</summary>
[TestFixture(GoldenDirectory.First)]
[TestFixture(GoldenDirectory.Second)]
[TestFixture(GoldenDirectory.Third)]
[TestFixture(GoldenDirectory.Newest)]
internal sealed class StoredDirectoryTests(string archive)
{
    private static readonly ExpectedResponses _expected = new(OracleIngest.Take(GoldenDirectory.Batches));

    // Where the log ends was not noted then.
    private static readonly string[] _later = ["log.end"];

    private static readonly string[] _kinds = ["transaction", "sql", "httpc", "exception", "thread", "alert", "event"];

    private TemporaryFolder _folder = null!;
    private string _directory = null!;

    // On a directory of its own, for those that only read.
    private TemporaryFolder _readFolder = null!;
    private ServerProcess _reader = null!;

    [OneTimeSetUp]
    public async Task StartReaderAsync()
    {
        _readFolder = new TemporaryFolder();
        _reader = await ServerProcess.StartAsync(GoldenDirectory.Unpack(_readFolder, archive));
    }

    [OneTimeTearDown]
    public void StopReader()
    {
        _reader?.Dispose();
        _readFolder.Dispose();
    }

    [SetUp]
    public void Unpack()
    {
        _folder = new TemporaryFolder();
        _directory = GoldenDirectory.Unpack(_folder, archive);
    }

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void It_has_a_file_of_every_kind()
    {
        string[] files = FilesIn(_directory);
        string[] patterns =
        [
            "^node$", "^token$", "^manifest$", "^log/[0-9]{20}\\.log$", "^log/[0-9]{20}\\.spare$", "^ids/[0-9]{16}$",
            .. _kinds.Select(kind => $"^blocks/{kind}-[0-9a-f]{{16}}\\.block$"),
        ];
        foreach (string pattern in patterns)
        {
            Assert.That(files, Has.Some.Match(pattern));
        }
    }

    [Test]
    public async Task The_same_batches_give_the_same_bytes()
    {
        using TemporaryFolder made = new();
        foreach (string name in (string[])["node", "token"])
        {
            File.Copy(Path.Combine(_directory, name), made[name]);
        }

        await GoldenDirectory.WriteAsync(made);
        Assert.That(FilesIn(made).Except(_later), Is.EqualTo(FilesIn(_directory)));
        foreach (string file in FilesIn(made).Except(_later).Where(IsOfToday))
        {
            byte[] expected = await File.ReadAllBytesAsync(Path.Combine(_directory, file));
            byte[] actual = await File.ReadAllBytesAsync(made[file]);
            GoldenFile.CompareBytes(file, expected, actual);
        }
    }

    [TestCase("true")]
    [TestCase("false")]
    public async Task Every_response_over_it_equals_the_naive_computation(string rollups)
    {
        using ServerProcess server = await ServerProcess.StartAsync(_directory, $"--Query:Rollups={rollups}");
        List<string> differences = [];
        foreach (OracleEndpoint endpoint in OracleEndpoint.All.Append(OracleEndpoint.Agents))
        {
            foreach ((long from, long to) in Ranges())
            {
                string response = await endpoint.GetAsync(server.Client, from, to);
                differences.Add(ResponseComparer.Differences(response, _expected.Of(endpoint, TestProjects.First, from, to)));
            }
        }

        Assert.That(differences.Where(difference => difference.Length > 0), Is.Empty);
    }

    [Test]
    public async Task Rollups_are_used_at_once_or_after_a_compaction_that_writes_them_in_the_version_of_today()
    {
        await using RunningServer server = await GoldenDirectory.StartAsync(_directory, new FakeTimeProvider(GoldenDirectory.Now));
        string before = await AggregateAsync(server);
        string source = JsonElement.Parse(before).GetProperty("source").GetString()!;
        Assert.That(source, Is.EqualTo(archive == GoldenDirectory.First ? "raw" : "both"));

        await server.SealAsync();
        await server.CompactAsync();
        string after = await AggregateAsync(server);
        Assert.That(JsonElement.Parse(after).GetProperty("source").GetString(), Is.EqualTo("both"));
        Assert.That(JsonElement.Parse(after).GetProperty("rows").GetRawText(), Is.EqualTo(JsonElement.Parse(before).GetProperty("rows").GetRawText()));
    }

    [TestCase(TestProjects.First)]
    [TestCase(TestProjects.Second)]
    public async Task Every_sample_in_it_is_the_one_that_was_pushed(long pcode)
    {
        foreach (string kind in _kinds)
        {
            long from = BatchGenerator.Day - (10 * 24 * BatchGenerator.Hour);
            long to = BatchGenerator.Day + (24 * BatchGenerator.Hour);
            string response = await _reader.Client.GetAsync($"/api/v1/samples?kind={kind}&limit=10000&from={from}&to={to}", pcode);
            List<object> expected = SamplesOracle.Listed(kind, _expected.Samples, pcode, from, to);
            Assert.That(expected, Is.Not.Empty);
            Assert.That(ResponseComparer.Differences(JsonElement.Parse(response).GetProperty("samples").GetRawText(), expected), Is.Empty, kind);
        }
    }

    [TestCase("transaction")]
    [TestCase("sql")]
    [TestCase("httpc")]
    [TestCase("exception")]
    public async Task Samples_of_a_txid_are_found(string kind)
    {
        long from = BatchGenerator.Day - (10 * 24 * BatchGenerator.Hour);
        long to = BatchGenerator.Day + (24 * BatchGenerator.Hour);
        List<object> all = SamplesOracle.Listed(kind, _expected.Samples, TestProjects.First, from, to);
        var byTxid = all.Cast<Dictionary<string, object>>().Where(sample => sample.ContainsKey("txid"))
            .GroupBy(sample => (string)sample["txid"]).Where((_, i) => i % 40 == 0).ToList();
        Assert.That(byTxid, Is.Not.Empty);
        foreach (IGrouping<string, Dictionary<string, object>> expected in byTxid)
        {
            string where = Uri.EscapeDataString("txid:" + expected.Key);
            string response = await _reader.Client.GetAsync($"/api/v1/samples?kind={kind}&where={where}&limit=10000&from={from}&to={to}", TestProjects.First);
            string samples = JsonElement.Parse(response).GetProperty("samples").GetRawText();
            Assert.That(ResponseComparer.Differences(samples, expected.Cast<object>().ToList()), Is.Empty, where);
        }
    }

    [Test]
    public async Task A_batch_that_it_remembers_is_a_duplicate_with_the_counts_it_had()
    {
        await using RunningServer server = await GoldenDirectory.StartAsync(_directory, new FakeTimeProvider(GoldenDirectory.Now.AddMinutes(30)));
        int[] remembered = [.. Enumerable.Range(0, GoldenDirectory.Bodies.Count).Where(i => GoldenDirectory.Batches[i].Id is not null)];
        Assert.That(remembered, Has.Length.GreaterThan(5));
        foreach (int i in remembered)
        {
            (long pcode, byte[] body) = GoldenDirectory.Bodies[i];
            using HttpResponseMessage response = await server.Client.SendAsync(body, "application/json", pcode);
            JsonElement json = JsonElement.Parse(await response.Content.ReadAsStringAsync());
            int counted = json.GetProperty("accepted").GetInt32() + json.GetProperty("duplicates").GetInt32();
            bool isDuplicate = json.GetProperty("duplicate").GetBoolean();
            Assert.That((isDuplicate, counted), Is.EqualTo((true, GoldenDirectory.Batches[i].Rows.Count)), $"batch {i}: {json}");
        }
    }

    // Older archives have blocks of versions 1 and 2, and the manifest says how long blocks are.
    private bool IsOfToday(string file) => archive == GoldenDirectory.Newest || !(file == "manifest" || file.StartsWith("blocks/", StringComparison.Ordinal));

    private static Task<string> AggregateAsync(RunningServer server)
    {
        string range = string.Create(CultureInfo.InvariantCulture, $"from={BatchGenerator.Day}&to={BatchGenerator.Day + (24 * BatchGenerator.Hour)}");
        return server.Client.GetAsync($"/api/v1/aggregate?kind=transaction&by=service&measures=count,sum(elapsed),p95(elapsed)&{range}");
    }

    private static IEnumerable<(long From, long To)> Ranges() => GeneratedSamples.Ranges.Select(range => (range.From, range.To));

    // The lock file has nothing in it that counts.
    private static string[] FilesIn(string directory) =>
    [
        .. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(directory, file)).Where(file => file != "lock").Order(StringComparer.Ordinal),
    ];
}
