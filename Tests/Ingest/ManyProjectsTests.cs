using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ingest;

/// <summary>What became of samples is told of hundreds of projects, whole and adding up in every scrape.</summary>
internal sealed partial class ManyProjectsTests
{
    private const int Projects = 300;
    private const int RowsPerKind = 5;

    [Test]
    public async Task The_counts_of_every_project_and_kind_add_up_in_every_scrape_and_none_is_left_out()
    {
        await using IngestTestHost host = await IngestTestHost.StartAsync([.. Enumerable.Range(2, Projects - 2).SelectMany(project => (string[])
            [$"--Projects:{project}:Pcode={project + 1}", $"--Projects:{project}:Tokens:0:Secret={TestProjects.TokenOf(project + 1)}"])]);
        int next = 0;
        Task pushes = Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var pcode and <= Projects)
            {
                await PushAsync(host, pcode);
            }
        }));
        int scrapes = 0;
        while (!pushes.IsCompleted || scrapes < 3)
        {
            AssertAddsUp(await ScrapeAsync(host));
            scrapes++;
        }

        await pushes;
        Dictionary<(string Project, string Kind), Dictionary<string, long>> counts = await ScrapeAsync(host);
        Dictionary<string, long> expected = new()
        {
            ["received"] = RowsPerKind,
            ["stored"] = 0,
            ["in_flight"] = 0,
            ["rejected not_a_sample"] = 1,
            ["rejected missing"] = 1,
            ["rejected wrong_type"] = 1,
            ["rejected not_milliseconds"] = 1,
            ["rejected ahead"] = 1,
        };
        Assert.That(counts, Has.Count.EqualTo(Projects * SampleSchema.All.Length));
        Assert.That(counts.Where(pair => !pair.Value.OrderBy(count => count.Key).SequenceEqual(expected.OrderBy(count => count.Key))), Is.Empty);
    }

    // Of every kind a sample for each of five reasons.
    private static async Task PushAsync(IngestTestHost host, int pcode)
    {
        string rows = $$"""[7, {}, {"time": "x"}, {"time": 5}, {"time": {{host.Now + 86_400_000}}}]""";
        string body = $$"""{"agent": {"oname": "a"}, {{string.Join(", ", SampleSchema.All.Select(schema => $"\"{schema.Name}\": {rows}"))}}}""";
        using HttpResponseMessage response = await host.PushAsync(System.Text.Encoding.UTF8.GetBytes(body), token: TestProjects.TokenOf(pcode));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    private static void AssertAddsUp(Dictionary<(string Project, string Kind), Dictionary<string, long>> counts) =>
        Assert.That(counts.Where(pair => pair.Value.Where(count => count.Key != "received").Sum(count => count.Value) != pair.Value["received"]), Is.Empty);

    private static async Task<Dictionary<(string Project, string Kind), Dictionary<string, long>>> ScrapeAsync(IngestTestHost host)
    {
        string text = await host.Client.GetStringAsync("/metrics");
        Assert.That(text, Does.Not.Contain("overflow"));
        return Series().Matches(text).GroupBy(match => (match.Groups["pcode"].Value, match.Groups["kind"].Value)).ToDictionary(
            group => group.Key,
            group => group.ToDictionary(
                match => match.Groups["fate"].Value + (match.Groups["reason"].Success ? " " + match.Groups["reason"].Value : ""),
                match => long.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex(
        """^timeseries_ingest_samples_(?<fate>[a-z_]+?)(_total)?\{kind="(?<kind>\w+)",pcode="(?<pcode>\d+)"(,reason="(?<reason>\w+)")?\} (?<count>\d+)$""",
        RegexOptions.Multiline)]
    private static partial Regex Series();
}
