using System.Text.RegularExpressions;
using System.Xml.Linq;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Documents;

/// <summary>What the README and docs/packages.md say of packages can be looked up in the project files and the code.</summary>
internal sealed partial class ReadmePackagesTests
{
    private static readonly string[] _named =
        ["InfluxDB.Client", "System.Threading.Channels", "MessagePack", "BenchmarkDotNet", "Microsoft.Extensions.Hosting", "NUnit"];

    private static readonly string _text = File.ReadAllText(RepositoryFolder.Combine("README.md"));
    private static readonly string _others = File.ReadAllText(RepositoryFolder.Combine("docs", "packages.md"));

    private static readonly Dictionary<string, string> _versions = XDocument.Load(RepositoryFolder.Combine("Directory.Packages.props"))
        .Descendants("PackageVersion").ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value);

    [Test]
    public void The_named_packages_have_a_row_each() => Assert.That(NamedRow().Matches(_text).Select(row => row.Groups["name"].Value), Is.EqualTo(_named));

    [TestCaseSource(nameof(_named))]
    public void A_named_package_has_the_version_that_is_built_with(string name)
    {
        string version = RowOf(name).Groups["version"].Value;
        if (_versions.TryGetValue(name, out string? pinned))
        {
            Assert.That(version, Is.EqualTo(pinned));
            return;
        }

        string[] loadable = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        string assembly = loadable.Single(path => Path.GetFileNameWithoutExtension(path) == name);
        Assert.That(assembly, Does.Contain(version == "in .NET" ? "Microsoft.NETCore.App" : "Microsoft.AspNetCore.App"));
    }

    [TestCaseSource(nameof(_named))]
    public void A_named_package_is_used_where_its_row_says(string name)
    {
        string place = RepositoryFolder.Combine(RowOf(name).Groups["place"].Value);
        string[] files = File.Exists(place) ? [place] : Directory.GetFiles(place, "*.cs", SearchOption.AllDirectories);
        Regex use = new($@"^using {Regex.Escape(name)}[.;]", RegexOptions.Multiline);
        Assert.That(files.Any(file => use.IsMatch(File.ReadAllText(file))), Is.True, place);
    }

    [Test]
    public void Every_package_that_a_project_refers_to_stands_in_a_table_and_no_other()
    {
        IEnumerable<string> referred = Directory.GetFiles(RepositoryFolder.FullName, "*.csproj", SearchOption.AllDirectories)
            .Append(RepositoryFolder.Combine("Directory.Build.props"))
            .SelectMany(path => XDocument.Load(path).Descendants("PackageReference"))
            .Select(package => package.Attribute("Include")!.Value);
        IEnumerable<string> others = OtherRow().Matches(_others)
            .SelectMany(row => row.Groups["names"].Value.Split(", "));

        Assert.That(_named.Where(_versions.ContainsKey).Concat(others), Is.EquivalentTo(referred.Distinct()));
    }

    private static Match RowOf(string name) => NamedRow().Matches(_text).Single(row => row.Groups["name"].Value == name);

    [GeneratedRegex(@"^\| (?<name>[\w.]+) \| (?<version>\d\S*|in [\w. ]+) \| `(?<place>[^`]+)`", RegexOptions.Multiline)]
    private static partial Regex NamedRow();

    [GeneratedRegex(@"^\| (?<names>[A-Za-z][\w.]+(, [A-Za-z][\w.]+)*) \| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex OtherRow();
}
