using System.Reflection;
using System.Text.RegularExpressions;
using NUnit.Framework;
using TimeSeries.Agent;
using TimeSeries.Alerting;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Running;
using TimeSeries.Ingest;
using TimeSeries.Query;
using TimeSeries.Server;
using TimeSeries.Simulation.Running;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Ui;

namespace TimeSeries.Tests.Documents;

/// <summary>What ARCHITECTURE.md says can be looked up in the code.</summary>
internal sealed partial class ArchitectureDocumentTests
{
    private static readonly string _text = File.ReadAllText(RepositoryFolder.Combine("ARCHITECTURE.md"));

    [Test]
    public void Every_promise_names_tests_that_exist()
    {
        string[] named = [.. TestName().Matches(_text).Select(match => match.Groups[1].Value)];
        var existing = Assembly.GetExecutingAssembly().GetTypes()
            .SelectMany(type => type.GetMethods().Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet(StringComparer.Ordinal);

        Assert.That(named, Is.Not.Empty);
        Assert.That(named.Where(name => !existing.Contains(name)), Is.Empty);
    }

    [Test]
    public void Every_promise_has_a_test()
    {
        string[] promises = [.. _text.Split('\n').Where(line => PromiseRow().IsMatch(line))];

        Assert.That(promises, Has.Length.GreaterThanOrEqualTo(8));
        Assert.That(promises.Where(line => !TestName().IsMatch(line)), Is.Empty);
    }

    [Test]
    public void Every_project_stands_in_the_table()
    {
        var projects = Directory.GetFiles(RepositoryFolder.FullName, "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension);

        Assert.That(projects.Where(name => !_text.Contains($"| `{name}` |", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Every_folder_and_type_to_read_first_exists()
    {
        var types = new[]
            {
                typeof(TimeSeriesAgent), typeof(AlertingOptions), typeof(SampleBatch), typeof(HostSetup), typeof(IngestServices), typeof(QueryServices),
                typeof(UiSetup), typeof(ServerHost), typeof(SimulationRun),
            }
            .SelectMany(type => type.Assembly.GetTypes()).Select(type => type.Name.Split('`')[0]).ToHashSet(StringComparer.Ordinal);
        string[] rows = [.. _text.Split('\n').SkipWhile(line => !line.StartsWith("| part |", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|'))];

        Assert.That(rows, Is.Not.Empty);
        foreach (string[] cells in rows.Select(row => row.Split('|')))
        {
            Assert.That(Quoted().Matches(cells[2]).Select(match => match.Groups[1].Value)
                .Where(folder => !Directory.Exists(RepositoryFolder.Combine(folder))), Is.Empty);
            Assert.That(Quoted().Matches(cells[3]).Select(match => match.Groups[1].Value).Where(type => !types.Contains(type)), Is.Empty);
        }
    }

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"^\| \d+\. ")]
    private static partial Regex PromiseRow();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
