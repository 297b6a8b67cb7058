using System.Text.RegularExpressions;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Architecture;

/// <summary>MessagePack is read and written by the package, where decision 16 says.</summary>
internal sealed partial class MessagePackTests
{
    private const string Record = "docs/decisions/0016-messagepack-carries-the-wire.md";

    // UTF-8's own marks.
    private const string Utf8 = "Core/Building/FieldBuilder.cs";

    // What no writer writes: lengths that lie, widths wider than needed, bytes that are no text or nothing at all; and the bytes of one response.
    private static readonly string[] _madeByHand =
    [
        "Tests/Contract/BadInputTests.cs", "Tests/Decoding/EnvelopeTests.cs", "Tests/Decoding/HostileBodyTests.cs", "Tests/Decoding/NumberDecodingTests.cs",
        "Tests/Decoding/TextDecodingTests.cs", "Tests/Golden/IngestWireTests.cs", "Tests/Ingest/PushStatusTests.cs",
    ];

    [Test]
    public void No_format_code_is_written_by_hand_but_in_tests_of_the_decoder() => Assert.That(
        SourceTree.All.Where(file => FormatCode().IsMatch(file.Code)).Select(file => file.RelativePath).Where(path => path != Utf8), Is.SubsetOf(_madeByHand));

    [Test]
    public void The_package_is_used_where_the_decision_says()
    {
        string[] named = [.. FileName().Matches(File.ReadAllText(RepositoryFolder.Combine(Record))).Select(match => match.Groups[1].Value).Distinct()];
        string[] used = [.. SourceTree.All.Where(file => file.Project != "Tests" && Package().IsMatch(file.Code)).Select(file => file.RelativePath)];
        Assert.That(named, Is.EquivalentTo(used));
    }

    // Codes of nil, booleans, numbers, texts, bytes, arrays and maps that are longer than a byte.
    [GeneratedRegex(@"\b0x[CcDd][0-9A-Fa-f]\b")]
    private static partial Regex FormatCode();

    [GeneratedRegex(@"^using MessagePack;", RegexOptions.Multiline)]
    private static partial Regex Package();

    [GeneratedRegex("`([A-Z][A-Za-z]+/[A-Za-z/]+\\.cs)`")]
    private static partial Regex FileName();
}
