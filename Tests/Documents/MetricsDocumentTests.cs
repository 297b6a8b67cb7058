using System.Text.RegularExpressions;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Documents;

/// <summary>docs/metrics.md lists what hosts serve, as the golden files have it.</summary>
internal sealed partial class MetricsDocumentTests
{
    private static readonly string[] _served =
        [.. Directory.GetFiles(RepositoryFolder.Combine("Tests", "Golden", "metrics"), "*.txt").SelectMany(File.ReadAllLines).Distinct()];

    [Test]
    public void Every_metric_stands_there_with_type_labels_and_meaning_and_no_other()
    {
        string document = File.ReadAllText(RepositoryFolder.Combine("docs", "metrics.md"));
        string[] documented = [.. Row().Matches(document).Select(row => row.Groups)
            .Select(row => $"{row["name"]} | {row["type"]} | {row["labels"].Value.Replace("`", "", StringComparison.Ordinal).Trim()} | {row["meaning"]}")
            .Order(StringComparer.Ordinal)];
        string[] served = [.. _served.Select(line => Help().Match(line)).Where(help => help.Success)
            .Select(help => (Name: help.Groups["name"].Value, Text: help.Groups["text"].Value))
            .Select(help => $"{help.Name} | {TypeOf(help.Name)} | {LabelsOf(help.Name)} | {help.Text}")
            .Order(StringComparer.Ordinal)];

        Assert.That(served, Has.Length.GreaterThan(40));
        Assert.That(documented, Is.EqualTo(served));
    }

    private static string TypeOf(string name) => _served.Single(line => line.StartsWith($"# TYPE {name} ", StringComparison.Ordinal)).Split(' ')[3];

    // The bounds of buckets are no label of the metric.
    private static string LabelsOf(string name) => string.Join(", ", _served
        .Where(line => Regex.IsMatch(line, $@"^{name}(_bucket)?\{{"))
        .SelectMany(line => Label().Matches(line).Select(label => label.Groups[1].Value))
        .Where(label => label != "le").Distinct().Order(StringComparer.Ordinal));

    [GeneratedRegex(@"^\| `(?<name>[a-z_]+)` \| (?<type>counter|gauge|histogram) \| [^|]*\| ?(?<labels>[^|]*)\| (?<meaning>.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("^# HELP (?<name>[a-z_]+) (?<text>.*)$")]
    private static partial Regex Help();

    [GeneratedRegex("([a-z_]+)=\"")]
    private static partial Regex Label();
}
