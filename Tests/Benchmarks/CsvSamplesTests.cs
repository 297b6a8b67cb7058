using System.IO.Compression;
using System.Text;
using NUnit.Framework;
using TimeSeries.Benchmarks.Replay;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Benchmarks;

/// <summary>Files of comma-separated values as RFC 4180 describes them.</summary>
internal sealed class CsvSamplesTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("time,sql\n1,2\n", "2")]
    [TestCase("time,sql\r\n1,2", "2")]
    [TestCase("time,sql\n1,\n", "-")]
    [TestCase("time,sql\n1,\"x,y\"\n", "x,y")]
    [TestCase("time,sql\n1,\"say \"\"hi\"\"\"\n2,\"\"\n", "say \"hi\"|-")]
    [TestCase("sql,time\n\"two\r\nlines\",1\nq,2\n", "two\r\nlines|q")]
    [TestCase("\uFEFFtime,sql\n1,a\n", "a")]
    [TestCase("time,sql\n1,é😀\n", "é😀")]
    [TestCase("\"time\",\"sql\"\n1,a\n", "a")]
    [TestCase("time,sql\n", "")]
    public void Rows_are_read_as_RFC_4180_says(string text, string expected) => Assert.That(string.Join('|', ReadAll(text)), Is.EqualTo(expected));

    [Test]
    public void A_row_is_read_whole_wherever_a_buffer_ends()
    {
        string[] texts = [.. Enumerable.Range(0, 5_000).Select(i => $"{new string('a', i % 97)}\"é,\n{i}")];
        string rows = string.Concat(texts.Select(text => $"1,\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n"));
        Assert.That(ReadAll("time,sql\n" + rows), Is.EqualTo(texts));
    }

    [Test]
    public void A_row_knows_the_line_that_it_starts_on()
    {
        using CsvSamples samples = Open("\"time\",sql\n1,\"a\nb\"\nc,d\n2,e\n");
        ReadAll(samples);
        Assert.That(samples.FirstUnreadable, Does.Contain("line 4").And.Contain("'c'"));
    }

    [TestCase("time,sql\n1,\"b\n", 2)]
    [TestCase("time,sql\n1,a\"b\n2,c\n", 2)]
    [TestCase("time,sql\n1,\"a\nb\"\n2,\"c\n\n", 4)]
    public void A_quote_that_is_never_closed_is_an_error_that_names_its_line(string text, int line) =>
        Assert.That(() => ReadAll(text), Throws.TypeOf<InvalidDataException>().With.Message.Contains($"line {line}:"));

    [Test]
    public void A_quote_that_is_never_closed_in_a_long_file_is_the_same_error() => Assert.That(
        () => ReadAll("time,sql\n1,\"b\n" + new string('c', 17 << 20)), Throws.TypeOf<InvalidDataException>().With.Message.Contains("line 2:"));

    private string[] ReadAll(string text)
    {
        using CsvSamples samples = Open(text);
        return ReadAll(samples);
    }

    private static string[] ReadAll(CsvSamples samples)
    {
        WireColumn[] columns = samples.MakeColumns();
        while (samples.NextTime is not null)
        {
            samples.Take(columns, 0);
        }

        WireColumn sql = columns.Single(column => column.Field.Name == "sql");
        return [.. Enumerable.Range(0, sql.Count).Select(row => sql.IsMissing(row) ? "-" : Encoding.UTF8.GetString(sql.Text(row)))];
    }

    private CsvSamples Open(string text)
    {
        string path = Path.Combine(_folder.FullName, "sql.csv.gz");
        using (GZipStream file = new(File.Create(path), CompressionLevel.Fastest))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
        }

        return new CsvSamples(SampleSchema.Of(Kind.Sql), path);
    }
}
