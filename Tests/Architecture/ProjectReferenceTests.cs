using System.Xml.Linq;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Architecture;

/// <summary>Which project may know which, from the project files.</summary>
internal sealed class ProjectReferenceTests
{
    [TestCase("Agent", "")]
    [TestCase("Alerting", "Core,Hosting")]
    [TestCase("Core", "")]
    [TestCase("Hosting", "Core")]
    [TestCase("Ingest", "Core,Hosting")]
    [TestCase("Ui", "Alerting,Core,Hosting")]
    [TestCase("Query", "Agent,Alerting,Core,Hosting,Ui")]
    [TestCase("Server", "Agent,Alerting,Core,Hosting,Ingest,Query")]
    [TestCase("Simulation", "Alerting,Ingest")]
    [TestCase("Fuzzing", "Server,Simulation")]
    public void A_project_knows_no_more_than_it_may(string project, string allowed) =>
        Assert.That(References(project), Is.SubsetOf(allowed.Split(',', StringSplitOptions.RemoveEmptyEntries)));

    [Test]
    public void Core_knows_no_HTTP_server() => Assert.Multiple(() =>
    {
        Assert.That(Load("Core").Descendants("FrameworkReference"), Is.Empty);
        Assert.That(Load("Core").Root!.Attribute("Sdk")!.Value, Is.EqualTo("Microsoft.NET.Sdk"));
        Assert.That(SourceTree.All.Where(file => file.Project == "Core" && file.Code.Contains("Microsoft.AspNetCore", StringComparison.Ordinal)), Is.Empty);
    });

    [Test]
    public void The_agent_needs_neither_a_web_host_nor_anything_of_the_server() => Assert.Multiple(() =>
    {
        Assert.That(Load("Agent").Descendants("FrameworkReference"), Is.Empty);
        Assert.That(Load("Agent").Root!.Attribute("Sdk")!.Value, Is.EqualTo("Microsoft.NET.Sdk"));
        Assert.That(SourceTree.All.Where(file => file.Project == "Agent").SelectMany(file => file.Uses)
            .Where(used => !used.StartsWith("Agent.", StringComparison.Ordinal)), Is.Empty);
    });

    [Test]
    public void Ingest_and_Query_never_see_each_other() => Assert.Multiple(() =>
    {
        Assert.That(Closure("Ingest"), Has.None.EqualTo("Query"));
        Assert.That(Closure("Query"), Has.None.EqualTo("Ingest"));
        Assert.That(UsesOf("Ingest", "Query."), Is.Empty);
        Assert.That(UsesOf("Query", "Ingest."), Is.Empty);
    });

    [Test]
    public void No_product_knows_tests_benchmarks_the_simulation_or_the_fuzzer() => Assert.Multiple(() =>
    {
        foreach (string project in SourceTree.Products)
        {
            Assert.That(
                Closure(project), Has.None.EqualTo("Tests").And.None.EqualTo("Benchmarks").And.None.EqualTo("Simulation").And.None.EqualTo("Fuzzing"), project);
        }
    });

    [Test]
    public void A_peer_with_large_libraries_is_built_by_its_comparison_only() => Assert.Multiple(() =>
    {
        Assert.That(File.ReadAllText(RepositoryFolder.Combine("TimeSeries.sln")), Does.Not.Contain("DuckDb"));
        Assert.That(Closure("Tests"), Has.None.EqualTo("DuckDb"));
        Assert.That(File.Exists(RepositoryFolder.Combine("DuckDb", "packages.lock.json")), Is.True);
    });

    private static IEnumerable<SourceFile> UsesOf(string project, string other) =>
        SourceTree.All.Where(file => file.Project == project && file.Uses.Any(used => used.StartsWith(other, StringComparison.Ordinal)));

    private static HashSet<string> Closure(string project)
    {
        HashSet<string> known = [];
        Queue<string> open = new([project]);
        while (open.TryDequeue(out string? next))
        {
            foreach (string reference in References(next).Where(known.Add))
            {
                open.Enqueue(reference);
            }
        }

        return known;
    }

    private static string[] References(string project) =>
        [.. Load(project).Descendants("ProjectReference")

            // What a test only starts is built for it, and no part of it.
            .Where(reference => reference.Attribute("ReferenceOutputAssembly")?.Value != "false")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))];

    private static XDocument Load(string project) => XDocument.Load(RepositoryFolder.Combine(project, project + ".csproj"));
}
