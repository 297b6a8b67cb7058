using System.Text.RegularExpressions;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Documents;

/// <summary>The commands of docs/query.md run as they stand, and their responses hold what the document says.</summary>
internal sealed partial class QueryDocumentTests
{
    private const int LeastCommands = 10;

    private static readonly string _text = File.ReadAllText(RepositoryFolder.Combine("docs", "query.md"));

    private TemporaryFolder _folder = null!;
    private RunningServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = new TemporaryFolder();
        _server = await ExampleTests.StartServerAsync(_folder);
        await ExampleTests.RunAsync(_server, RepositoryFolder.Combine("docs", "examples", "push.sh"));
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public void Every_command_says_what_its_response_holds()
    {
        Assert.That(Commands().Count(), Is.GreaterThanOrEqualTo(LeastCommands));
        Assert.That(Commands().Count(), Is.EqualTo(Regex.Count(_text, @"^(?:[A-Z].*\n)*curl ", RegexOptions.Multiline)));
    }

    [TestCaseSource(nameof(Commands))]
    public async Task A_command_gives_what_the_document_says(string command, string expected)
    {
        string response = await ExampleTests.RunAsync(_server, "-ec", command);

        Assert.Multiple(() =>
        {
            foreach (Match part in Quoted().Matches(expected))
            {
                Assert.That(response, Does.Contain(part.Groups[1].Value));
            }
        });
    }

    private static IEnumerable<TestCaseData> Commands() => Command().Matches(_text)
        .Select((match, index) => new TestCaseData(match.Groups[1].Value, match.Groups[2].Value).SetArgDisplayNames($"command {index + 1}"));

    [GeneratedRegex(@"^```sh\n((?:.+\n)+?)```\n\n→ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
