using System.Text;
using NUnit.Framework;
using TimeSeries.Benchmarks.Replay;

namespace TimeSeries.Tests.Benchmarks;

internal sealed class CsvReaderTests
{
    [TestCase("a,b\n1,2\n", "a|b/1|2")]
    [TestCase("a,b\r\n1,2", "a|b/1|2")]
    [TestCase("a,b\n,\n", "a|b/|")]
    [TestCase("\"x,y\",z\n", "x,y|z")]
    [TestCase("\"say \"\"hi\"\"\",\"\"\n", "say \"hi\"|")]
    [TestCase("\"two\r\nlines\",z\nq,r\n", "two\r\nlines|z/q|r")]
    [TestCase("\uFEFFa,b\n", "a|b")]
    [TestCase("é,😀\n", "é|😀")]
    [TestCase("a\"b,c\n", "a\"b|c")]
    [TestCase("", "")]
    [TestCase("a", "a")]
    public void Rows_are_read_as_RFC_4180_says(string text, string expected) =>
        Assert.That(new[] { ReadAll(text, 1), ReadAll(text, 3), ReadAll(text, 10_000) }, Has.All.EqualTo(expected));

    [Test]
    public void A_row_knows_the_line_that_it_starts_on()
    {
        CsvReader reader = Open("\"a\nb\"\nc\nd\n", 5);
        List<long> lines = [];
        while (reader.ReadRow())
        {
            lines.Add(reader.RowLine);
        }

        Assert.That(lines, Is.EqualTo(new[] { 1L, 3, 4 }));
    }

    [Test]
    public void A_quote_that_is_never_closed_is_an_error_that_names_its_line()
    {
        CsvReader reader = Open("a\n\"b\n", 5);
        reader.ReadRow();
        Assert.That(reader.ReadRow, Throws.TypeOf<InvalidDataException>().With.Message.Contains("line 2"));
    }

    private static string ReadAll(string text, int atOnce)
    {
        CsvReader reader = Open(text, atOnce);
        List<string> rows = [];
        while (reader.ReadRow())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => Encoding.UTF8.GetString(reader[i]))));
        }

        return string.Join('/', rows);
    }

    private static CsvReader Open(string text, int atOnce) => new(new TrickleStream(Encoding.UTF8.GetBytes(text), atOnce));
}
