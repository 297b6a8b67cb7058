using System.Text.RegularExpressions;
using NUnit.Framework;
using TimeSeries.Tests.Architecture;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Documents;

/// <summary>What docs/glossary.md says can be looked up in the code, and types are named by its terms.</summary>
internal sealed partial class GlossaryTests
{
    private const string NotUsed = "## Words not used";

    private static readonly string _text = File.ReadAllText(RepositoryFolder.Combine("docs", "glossary.md"));

    [Test]
    public void Every_type_and_folder_exists()
    {
        HashSet<string> types = [.. SourceTree.OfProducts.SelectMany(file => file.Types)];
        string[] named = [.. TermRow().Matches(_text).SelectMany(row => Quoted().Matches(row.Groups["code"].Value)).Select(match => match.Groups[1].Value)];

        Assert.That(named, Has.Length.GreaterThan(50));
        Assert.That(named.Where(name => !types.Contains(name) && !Directory.Exists(RepositoryFolder.Combine(name))), Is.Empty);
    }

    [Test]
    public void A_term_is_explained_once()
    {
        IEnumerable<string> terms = TermRow().Matches(_text).SelectMany(row => row.Groups["terms"].Value.Split(", "));

        Assert.That(terms, Is.Unique);
    }

    [Test]
    public void Words_not_used_are_in_no_name_of_a_type()
    {
        string[] words = [.. WordRow().Matches(_text[_text.IndexOf(NotUsed, StringComparison.Ordinal)..])
            .SelectMany(row => row.Groups["words"].Value.Split(", ")).Where(word => word != "not used").Select(ToTypeName)];
        Regex inName = new($"({string.Join('|', words)})s?(?![a-z])");

        Assert.That(words, Has.Length.GreaterThan(10));
        IEnumerable<SourceFile> files = SourceTree.All.Where(file => file.Project != "Benchmarks");
        Assert.That(files.SelectMany(file => file.Types.Where(type => inName.IsMatch(type)).Select(type => $"{file}: {type}")), Is.Empty);
    }

    // "Running number" would be RunningNumber.
    private static string ToTypeName(string words) => string.Concat(words.Split(' ').Select(word => char.ToUpperInvariant(word[0]) + word[1..].TrimEnd('s')));

    [GeneratedRegex(@"^\| (?<terms>[^|]+) \| [^|]+ \| (?<code>[^|]*`[^|]*) \|$", RegexOptions.Multiline)]
    private static partial Regex TermRow();

    [GeneratedRegex(@"^\| (?<words>[^|-][^|]*) \| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex WordRow();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
