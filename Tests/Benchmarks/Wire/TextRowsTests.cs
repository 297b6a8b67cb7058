using System.Text;
using NUnit.Framework;
using TimeSeries.Benchmarks.Compare.Peers;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Benchmarks.Wire;

/// <summary>Transactions as the text that other systems take.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class TextRowsTests
{
    private const long Time = 1_700_006_400_007;

    [TestCase(TextForm.Tabs, "1700006400\t7\t/a\\tb\\nc\\\\d\t12346\t0123456789abcdef\t5\tn,1\n")]
    [TestCase(TextForm.Lines, "transaction,oname=n\\,1,service=/a\tb\nc\\d elapsed=12346i,txid=\"0123456789abcdef\",sql_count=5i 1700006400007000042\n")]
    [TestCase(TextForm.NumericLines, "transaction,oname=n\\,1,service=/a\tb\nc\\d elapsed=12346,sql_count=5 1700006400007000042\n")]
    public void A_row_has_whole_microseconds_and_escaped_text(TextForm form, string expected)
    {
        TextRows rows = new(form);
        rows.Add(Columns("/a\tb\nc\\d"), firstNumber: 42);
        Assert.That(Encoding.UTF8.GetString(rows.Written), Is.EqualTo(expected));
    }

    [TestCase(TextForm.Tabs, "1700009999\t7\t")]
    [TestCase(TextForm.Lines, " 1700009999123000007\n")]
    public void A_body_is_moved_to_another_time_and_gets_other_ids(TextForm form, string expected)
    {
        TextRows rows = new(form);
        rows.Add(Columns("/a"), firstNumber: 42);
        TextBody body = new(rows, form, ages: [0]);
        ulong state = 1;
        body.Patch(1_700_009_999_123, ref state, firstNumber: 2_000_007);
        string text = Encoding.UTF8.GetString(body.Bytes);
        Assert.That(text, Does.Contain(expected).And.Not.Contain("0123456789abcdef"));
        Assert.That(text, Has.Length.EqualTo(rows.Written.Length));
    }

    [TestCase(TextForm.Tabs)]
    [TestCase(TextForm.Lines)]
    [TestCase(TextForm.NumericLines)]
    public void Every_value_is_drawn_again_and_stays_within_its_bounds(TextForm form)
    {
        TextRows rows = new(form) { Places = new PatchPlaces { Values = [] } };
        Population population = new();
        WireColumn[] columns = new SampleMaker(population, 1).Make(Kind.Transaction, 1_000, out int[] ages);
        rows.Add(columns, firstNumber: 0);
        TextBody body = new(rows, form, ages);
        HashSet<string> services = [.. population.Services.Select(Encoding.UTF8.GetString)];
        HashSet<string> seen = [];
        ulong state = 1;
        for (int sending = 0; sending < 10; sending++)
        {
            body.Patch(Time, ref state, sending * 1_000L);
            foreach (string line in Encoding.UTF8.GetString(body.Bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] values = form == TextForm.Tabs ? line.Split('\t')[2..] : line[..line.LastIndexOf(' ')].Split(',', ' ')[1..];
                Assert.That(services, Does.Contain(form == TextForm.Tabs ? values[0] : values[1]["service=".Length..]));
                Assert.That(Number(values, form == TextForm.Tabs ? 11 : -1, "malloc"), Is.InRange(10_000, 7_999_999));
                Assert.That(Number(values, form == TextForm.Tabs ? 6 : -1, "sql_count"), Is.InRange(0, 11));
                IEnumerable<string> all = values.Where(value => value.Length != 16 && !value.StartsWith("txid", StringComparison.Ordinal));
                Assert.That(seen.Add(string.Join('|', all)), Is.True);
            }
        }
    }

    private static long Number(string[] values, int place, string name)
    {
        string text = place >= 0 ? values[place] : values.First(value => value.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];
        return long.Parse(text.TrimEnd('i'), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static WireColumn[] Columns(string service)
    {
        WireColumn time = Column("time");
        WireColumn elapsed = Column("elapsed");
        WireColumn count = Column("sql_count");
        WireColumn id = new(Column("txid").Field) { IsFresh = true };
        time.Add(Time);
        elapsed.Add(12.346);
        count.Add(5L);
        id.Add("0123456789abcdef"u8);
        return [time, Text("service", service), elapsed, id, count, Text("oname", "n,1")];
    }

    private static WireColumn Text(string name, string value)
    {
        WireColumn column = Column(name);
        column.Add(Encoding.UTF8.GetBytes(value));
        return column;
    }

    private static WireColumn Column(string name) => new(SampleSchema.Of(Kind.Transaction).Fields[SampleSchema.Of(Kind.Transaction).Ordinal(name)]);
}
