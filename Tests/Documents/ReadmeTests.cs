using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Documents;

/// <summary>What the README and the documents that it leads to say can be looked up in the code or at the server.</summary>
internal sealed partial class ReadmeTests
{
    private const int MostLines = 150;

    private static readonly string _text = File.ReadAllText(RepositoryFolder.Combine("README.md"));
    private static readonly string _operations = File.ReadAllText(RepositoryFolder.Combine("docs", "operations.md"));

    private TemporaryFolder _folder = null!;
    private RunningServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = new TemporaryFolder();
        _server = await RunningServer.StartAsync(_folder.FullName);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public void The_options_are_those_of_the_help_with_their_meaning()
    {
        string help = HelpText.Of("TimeSeries", _server.Services.GetServices<OptionsSection>());
        string[] ofHelp = [.. HelpRow().Matches(help).Select(match => $"{match.Groups[1].Value}: {match.Groups[3].Value}")];
        string[] documented = [.. OptionRow().Matches(_operations).Select(match => $"{match.Groups[1].Value}: {match.Groups[3].Value}")];

        Assert.That(ofHelp, Is.Not.Empty);
        Assert.That(documented, Is.EqualTo(ofHelp));
    }

    [Test]
    public void The_defaults_are_those_of_the_help()
    {
        string help = HelpText.Of("TimeSeries", _server.Services.GetServices<OptionsSection>());
        // The number of processors is this machine's.
        string[] ofHelp = [.. HelpRow().Matches(help).Where(IsFixed).Select(match => $"{match.Groups[1].Value}={match.Groups[2].Value}")];
        string[] documented = [.. OptionRow().Matches(_operations).Where(IsFixed).Select(match => $"{match.Groups[1].Value}={match.Groups[2].Value}")];

        Assert.That(documented, Is.EqualTo(ofHelp));

        static bool IsFixed(Match row) => row.Groups[1].Value != "Query:Concurrency";
    }

    [Test]
    public async Task Every_endpoint_is_there()
    {
        string[] paths = [.. EndpointPath().Matches(_text).Select(match => match.Groups[1].Value).Distinct()];
        Assert.That(paths, Has.Length.GreaterThanOrEqualTo(10));
        using HttpClient http = new() { BaseAddress = _server.Client.Address };
        foreach (string path in paths)
        {
            using HttpResponseMessage response = await http.GetAsync(path);
            // Without a token the response is 401 (405 where only POST is); what is not there is 404.
            Assert.That(response.StatusCode, Is.Not.EqualTo(HttpStatusCode.NotFound), path);
        }
    }

    [TestCase("README.md")]
    [TestCase("ARCHITECTURE.md")]
    [TestCase("docs/glossary.md")]
    [TestCase("docs/ingest.md")]
    [TestCase("docs/operations.md")]
    [TestCase("docs/packages.md")]
    [TestCase("docs/query.md")]
    public void Every_link_leads_somewhere(string document)
    {
        string folder = Path.GetDirectoryName(document)!;
        string[] links = [.. Link().Matches(File.ReadAllText(RepositoryFolder.Combine(document))).Select(match => match.Groups[1].Value)];

        Assert.That(links, Is.Not.Empty);
        Assert.That(links.Where(link => !link.Contains("://", StringComparison.Ordinal) && !File.Exists(RepositoryFolder.Combine(folder, link))), Is.Empty);
    }

    [Test]
    public void It_is_short_enough_to_be_read() => Assert.That(_text.Count(c => c == '\n'), Is.LessThanOrEqualTo(MostLines));

    [GeneratedRegex(@"^  --([A-Z]\w*:[^=\s]+)=(\S*) +(.+)$", RegexOptions.Multiline)]
    private static partial Regex HelpRow();

    [GeneratedRegex(@"^\| `([A-Z]\w*:[^`]+)` \| (\S*) ?\| (.+) \|$", RegexOptions.Multiline)]
    private static partial Regex OptionRow();

    [GeneratedRegex(@"`(?:GET |POST )?(/(?:open|api|ingest|healthz|readyz|metrics|docs)[a-z0-9_./-]*)")]
    private static partial Regex EndpointPath();

    [GeneratedRegex(@"\]\(([^)#]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
