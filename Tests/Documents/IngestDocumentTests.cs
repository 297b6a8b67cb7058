using System.Globalization;
using System.Text.RegularExpressions;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Documents;

/// <summary>The tables of kinds and fields in docs/ingest.md are those of the schema.</summary>
internal sealed partial class IngestDocumentTests
{
    private const string EveryKind = "every kind";

    // The fields that every kind has: time and the agent.
    private const int CommonFields = 5;

    private static readonly string _text = File.ReadAllText(RepositoryFolder.Combine("docs", "ingest.md"));

    [Test]
    public void It_has_a_table_for_every_kind_and_no_other() =>
        Assert.That(Heading().Matches(_text).Select(heading => heading.Groups[1].Value),
            Is.EqualTo(SampleSchema.All.Select(kind => kind.Name).Prepend(EveryKind)));

    [TestCaseSource(nameof(Kinds))]
    public void The_fields_of_a_kind_stand_there_with_type_and_limits(string name)
    {
        IEnumerable<Field> fields = name == EveryKind ? SampleSchema.All[0].Fields.Take(CommonFields) : SampleSchema.Find(name)!.Fields.Skip(CommonFields);

        Assert.That(RowsOf(name), Is.EqualTo(fields.Select(field => $"{field.Name} | {TypeOf(field)} | {(field.Required ? "yes" : "")} | {LimitsOf(field)}")));
    }

    private static IEnumerable<string> Kinds() => SampleSchema.All.Select(kind => kind.Name).Prepend(EveryKind);

    private static IEnumerable<string> RowsOf(string name)
    {
        string section = _text[_text.IndexOf($"\n### {name}\n", StringComparison.Ordinal)..];
        int end = section.IndexOf("\n##", 1, StringComparison.Ordinal);
        return Row().Matches(section[..end]).Select(row => string.Join(" | ", row.Groups.Values.Skip(1).Select(cell => cell.Value.Trim())));
    }

    private static string TypeOf(Field field) => field.Type.ToString().ToLowerInvariant();

    private static string LimitsOf(Field field) => field switch
    {
        { Allowed.Length: > 0 } => string.Join(", ", field.Allowed) + (field.AllowedInAnyCase ? ", in any case" : ""),
        { IsGuid: true } => "a GUID",
        { Type: FieldType.Text, OverLimit: OverLimit.Cut } => $"cut at {Number(field.MaxBytes)} bytes",
        { Type: FieldType.Text } => $"at most {Number(field.MaxBytes)} bytes",
        { Type: FieldType.Map } => $"at most {SampleSchema.MaxMapEntries} entries, texts of at most {Number(field.MaxBytes)} bytes",
        { Type: FieldType.Time } => "13 digits",
        { Type: FieldType.Boolean } => "",
        { Type: FieldType.Duration } => $"{Number(field.Minimum)} to {Number(field.Maximum / 1_000)} ms",
        { Type: FieldType.Number } => $"{Number(field.Minimum)} to {Number(field.Maximum / 1_000_000)}",
        _ => $"{Number(field.Minimum)} to {Number(field.Maximum)}",
    };

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^### (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\| `(\w+)` \|([^|]*)\|([^|]*)\|([^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
