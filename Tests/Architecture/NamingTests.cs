using System.Text.RegularExpressions;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Architecture;

/// <summary>Names and sizes, from the files.</summary>
internal sealed partial class NamingTests
{
    private const int MaxLines = 400;
    private const int MaxColumns = 160;

    // An enum, record or struct that only its owner's readers need lives with it. A third of such a type is its documentation.
    private const int MaxHelperLines = 32;

    private static readonly string[] _vendors = ["Whatap", "WhaTap", "Tyk", "Ncp"];
    private static readonly string[] _composition = ["Ingest/IngestServices.cs", "Query/QueryHost.cs", "Server/ServerHost.cs"];

    // These say a rank, or nothing. The one directory of a store is called after what the option says.
    private static readonly string[] _empty = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Info", "Processor", "Item", "Items",
        "Entity", "Entities", "Data"];
    private static readonly string[] _exceptions = ["DataDirectory"];

    [Test]
    public void No_type_is_named_after_a_rank()
    {
        IEnumerable<string> faults = SourceTree.All.SelectMany(file => file.Types
            .Where(type => !_exceptions.Contains(type.Replace("Tests", "", StringComparison.Ordinal)) && Words(type).Any(_empty.Contains))
            .Select(type => $"{file}: {type}"));
        Assert.That(faults, Is.Empty);
    }

    [Test]
    public void A_file_is_named_after_its_type_and_others_in_it_are_small() => Assert.Multiple(() =>
    {
        foreach (SourceFile file in SourceTree.All.Where(file => file.TopLevelTypes.Count > 0))
        {
            string owner = file.Name.Split('.')[0];
            Assert.That(file.TopLevelTypes.Keys, Does.Contain(owner), file.RelativePath);
            Assert.That(file.TopLevelTypes.Where(type => type.Key != owner && type.Value > MaxHelperLines).Select(type => type.Key),
                Is.Empty, file.RelativePath);
        }
    });

    [Test]
    public void No_file_is_longer_than_a_reader_bears() =>
        Assert.That(SourceTree.All.Where(file => file.LineCount > MaxLines).Select(file => $"{file}: {file.LineCount}"), Is.Empty);

    [Test]
    public void No_line_is_longer_than_a_screen_is_wide() => Assert.That(
        SourceTree.All.SelectMany(file => file.Text.Split('\n').Select((line, i) => (line.Length, Place: $"{file}:{i + 1}")))
            .Where(line => line.Length > MaxColumns).Select(line => line.Place),
        Is.Empty);

    [Test]
    public void Namespaces_follow_folders() => Assert.Multiple(() =>
    {
        foreach (SourceFile file in SourceTree.All.Where(file => file.TopLevelTypes.Count > 0))
        {
            string expected = string.Join('.', new[] { "TimeSeries", file.Project }.Concat(file.Folder.Split('/', StringSplitOptions.RemoveEmptyEntries)));
            Assert.That(NamespaceLine().Match(file.Text).Groups["name"].Value, Is.EqualTo(expected), file.RelativePath);
        }
    });

    [Test]
    public void A_vendor_is_named_in_its_own_folder_and_where_endpoints_are_composed()
    {
        IEnumerable<string> faults = SourceTree.OfProducts
            .Where(file => !(file.Project == "Query"
                && (file.Folder.Length == 0 || file.Folder.Split('/') is ["Families", string vendor] && _vendors.Contains(vendor))))
            .SelectMany(file => file.Types.Where(type => Words(type).Any(_vendors.Contains)).Select(type => $"{file}: {type}")
                .Concat(file.Project == "Core" && _vendors.Any(vendor => file.Code.Contains(vendor, StringComparison.Ordinal)) ? [file.RelativePath] : []));
        Assert.That(faults, Is.Empty);
    }

    [Test]
    public void The_database_behind_a_shared_store_is_named_where_hosts_are_composed() =>
        Assert.That(
            SourceTree.OfProducts.Where(file => file.Project is "Ingest" or "Query" or "Server" && file.Text.Contains("Influx", StringComparison.Ordinal))

                // Its line protocol comes in there, whatever the store is.
                .Where(file => file.Folder != "Protocols/Lines")
                .Select(file => file.RelativePath),
            Is.EquivalentTo(_composition));

    [Test]
    public void No_regions_no_silenced_warnings_nothing_left_for_later() =>
        Assert.That(SourceTree.All.Where(file => Leftover().IsMatch(file.Text) && file.Name != nameof(NamingTests)), Is.Empty);

    [Test]
    public void Tests_say_response_result_and_query_but_for_texts_in_quotes()
    {
        IEnumerable<string> faults = SourceTree.All.Where(file => file.Project == "Tests" && file.Name != nameof(NamingTests))
            .SelectMany(file => NotUsed().Matches(Quoted().Replace(file.Text, "")).Select(match => $"{file}: {match.Value}"));
        Assert.That(faults, Is.Empty);
    }

    [Test]
    public void Code_and_documents_say_response_result_and_query()
    {
        IEnumerable<(string File, string Text)> documents = new[] { "*.md", "docs/*.md", "docs/format/*.md", "docs/decisions/*.md" }
            .SelectMany(pattern => Directory.GetFiles(RepositoryFolder.Combine(Path.GetDirectoryName(pattern)!), Path.GetFileName(pattern)))
            .Where(file => Path.GetFileName(file) != "glossary.md")
            .Select(file => (file, File.ReadAllText(file)));
        IEnumerable<string> faults = SourceTree.All.Where(file => file.Name != nameof(NamingTests))
            .Select(file => (File: file.RelativePath, file.Text)).Concat(documents)
            .SelectMany(file => NounNotUsed().Matches(file.Text).Select(match => $"{file.File}: {match.Value}"));
        Assert.That(faults, Is.Empty);
    }

    private static IEnumerable<string> Words(string name) => Word().Matches(name).Select(match => match.Value);

    [GeneratedRegex("WhaTap|[A-Z][a-z0-9]*|[A-Z]+(?![a-z])")]
    private static partial Regex Word();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"#region|#pragma warning|\bTODO\b|\bFIXME\b|\bHACK\b|NotImplementedException")]
    private static partial Regex Leftover();

    [GeneratedRegex(@"\w*(answer|question|patience|upkeep)\w*|\w*stock(?!ing)\w*|\b(\w+_)?anew\b", RegexOptions.IgnoreCase)]
    private static partial Regex NotUsed();

    // The verb is fine: a server answers. No verb follows one of these words.
    [GeneratedRegex(@"\b(an?|the|this|its|our|their|each|every|whole|first|latest|equal|without|of|\w+'s) answers?\b|(?<!-)\bquestions?\b(?! mark)",
        RegexOptions.IgnoreCase)]
    private static partial Regex NounNotUsed();

    [GeneratedRegex("""
        "(\\.|[^"\\\n])*"
        """)]
    private static partial Regex Quoted();
}
