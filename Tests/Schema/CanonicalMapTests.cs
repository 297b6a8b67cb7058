using System.Buffers;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Schema;

/// <summary>How maps are written, and how an entry is found in one.</summary>
public sealed class CanonicalMapTests
{
    [Test]
    public void Any_text_is_quoted_as_JSON_that_reads_back() => Assert.Multiple(() =>
    {
        foreach (string text in HostileTexts.All)
        {
            ArrayBufferWriter<byte> quoted = new();
            CanonicalMap.Quote(Encoding.UTF8.GetBytes(text), quoted);
            Assert.That(JsonSerializer.Deserialize<string>(quoted.WrittenSpan), Is.EqualTo(text));
        }
    });

    [TestCase("a", "b", """ "a":"b" """)]
    [TestCase("", "", """ "":"" """)]
    [TestCase("q\"\\", "\n\u001f\u007f/ü", """ "q\"\\":"\u000a\u001f<DEL>/ü" """)]
    public void An_entry_has_no_escapes_but_those_JSON_demands(string name, string value, string expected) =>
        Assert.That(CanonicalMap.Entry(name, value), Is.EqualTo(expected.Trim().Replace("<DEL>", "\u007f", StringComparison.Ordinal)));

    [TestCase("a", "b", true)]
    [TestCase("zone", "", true)]
    [TestCase("x,", ":", true)]
    [TestCase("}", "q\",\"s\":\"t", true)]
    [TestCase("a", "B", false, Description = "another case")]
    [TestCase("a", "", false)]
    [TestCase("", "b", false)]
    [TestCase("b", "a", false, Description = "a value is no name")]
    [TestCase(":", ",", false, Description = "from the closing quote of a name that ends in a comma")]
    [TestCase("s", "t", false, Description = "inside a value")]
    public void An_entry_is_found_from_its_begin_to_its_end_only(string name, string value, bool expected)
    {
        string map = "{" + string.Join(',', CanonicalMap.Entry("a", "b"), CanonicalMap.Entry("x,", ":"), CanonicalMap.Entry("zone", ""),
            CanonicalMap.Entry("}", "q\",\"s\":\"t")) + "}";
        string adjacent = "{" + string.Join(',', CanonicalMap.Entry("x,", ":"), CanonicalMap.Entry("}", "q")) + "}";
        Assert.That(Has(map, name, value), Is.EqualTo(expected));
        Assert.That(Has(adjacent, name, value), Is.EqualTo((name, value) == ("x,", ":")));
    }

    [Test]
    public void Every_entry_of_a_map_is_found_in_it()
    {
        string map = "{" + string.Join(',', HostileTexts.All.Select(text => CanonicalMap.Entry(text, text))) + "}";
        Assert.That(HostileTexts.All.Where(text => !Has(map, text, text)), Is.Empty);
    }

    [TestCase("{}")]
    [TestCase("")]
    [TestCase("{\"a\":\"b")]
    [TestCase("{\"a\"")]
    public void A_map_that_is_empty_or_cut_has_no_entry(string map) => Assert.That(Has(map, "a", "b"), Is.False);

    private static bool Has(string map, string name, string value) =>
        CanonicalMap.HasEntry(Encoding.UTF8.GetBytes(map), Encoding.UTF8.GetBytes(CanonicalMap.Entry(name, value)));
}
