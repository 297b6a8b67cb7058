using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Documents;

/// <summary>THIRD-PARTY-NOTICES.md names what the hosts ship, as the lock files and the packages themselves say it.</summary>
internal sealed partial class ThirdPartyNoticesTests
{
    private static readonly string[] _hosts = ["Ingest", "Query", "Server"];

    private static readonly string[] _permissive = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause"];

    // Where NuGet restores to.
    private static readonly string _packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static readonly string _text = File.ReadAllText(RepositoryFolder.Combine("THIRD-PARTY-NOTICES.md"));

    [Test]
    public void Every_shipped_package_stands_in_it_with_its_version_and_licence_and_no_other()
    {
        string[] shipped = [.. _hosts.SelectMany(Locked).Distinct().Where(HasAssembly).Select(Describe).Order(StringComparer.Ordinal)];
        string[] noted = [.. PackageRow().Matches(_text).Select(row => row.Value.Trim()).Order(StringComparer.Ordinal)];

        Assert.That(shipped, Is.Not.Empty);
        Assert.That(noted, Is.EqualTo(shipped));
    }

    [Test]
    public void Every_licence_is_permissive_and_its_text_is_given()
    {
        string[] licences =
            [.. _text.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Split('|')[3].Trim()).Distinct()];

        Assert.That(licences, Has.Length.GreaterThan(1));
        Assert.That(licences.Where(licence => licence != "licence").Where(licence => !licence.Split(" OR ").Any(IsGiven)), Is.Empty);

        bool IsGiven(string licence) => _permissive.Contains(licence) && _text.Contains($"\n## {licence}\n", StringComparison.Ordinal);
    }

    // What the framework has in its place is not in a host's lock file, nor shipped.
    private static IEnumerable<(string Name, string Version)> Locked(string host)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(RepositoryFolder.Combine(host, "packages.lock.json")));
        foreach (JsonProperty package in file.RootElement.GetProperty("dependencies").GetProperty("net10.0").EnumerateObject())
        {
            if (package.Value.TryGetProperty("resolved", out JsonElement version))
            {
                yield return (package.Name, version.GetString()!);
            }
        }
    }

    private static bool HasAssembly((string Name, string Version) package) => Directory.Exists(Path.Combine(FolderOf(package), "lib"));

    // The row that the package should have.
    private static string Describe((string Name, string Version) package)
    {
        XElement metadata = XDocument.Load(Directory.GetFiles(FolderOf(package), "*.nuspec").Single()).Root!
            .Elements().Single(element => element.Name.LocalName == "metadata");
        return $"| {package.Name} | {package.Version} | {Value("license")} | {Value("copyright") ?? Value("authors")} | <{Value("projectUrl")}> |";

        string? Value(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value.Trim();
    }

    private static string FolderOf((string Name, string Version) package)
    {
        string folder = Path.Combine(_packages, package.Name.ToLowerInvariant(), package.Version.ToLowerInvariant());
        Assert.That(folder, Does.Exist, "Restore the solution, or name its packages' folder in NUGET_PACKAGES.");
        return folder;
    }

    [GeneratedRegex(@"^\|.*\| <\S+> \|$", RegexOptions.Multiline)]
    private static partial Regex PackageRow();
}
