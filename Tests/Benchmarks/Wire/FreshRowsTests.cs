using System.Globalization;
using System.Text;
using NUnit.Framework;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Benchmarks.Wire.Fresh;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Benchmarks.Wire;

/// <summary>Bodies whose values are drawn again before each sending.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class FreshRowsTests
{
    private const int HeadRoom = 300;
    private const long Now = 1_800_000_000_000;

    private static readonly Population _population = new();

    [Test]
    public void A_body_says_exactly_what_was_drawn([Values] Kind kind, [Values] SampleForm form, [Values] bool json)
    {
        IWireWriter writer = json ? new JsonWriter() : new MessagePackWireWriter();
        PatchPlaces places = Write(writer, kind, FreshColumn.BlockRows, form);
        byte[] body = writer.Written.ToArray();
        FreshRows rows = new(places.Values!);
        ulong state = 1;
        for (int sending = 0; sending < 20; sending++)
        {
            rows.Begin(body, ref state);
            rows.Patch(body, 0, FreshColumn.BlockRows, ref state);
            Dictionary<string, object?[]> found = ReadBody.Columns(body, SampleSchema.Of(kind).Name);
            foreach ((WireColumn column, FreshColumn fresh) in rows.Columns)
            {
                Assert.That(found[column.Field.Name].Select(Plain), Is.EqualTo(fresh.Drawn.ToArray().Select(drawn => Meant(column, drawn))), column.Field.Name);
            }
        }
    }

    [Test]
    public void All_but_times_ids_maps_and_messages_is_drawn([Values] Kind kind, [Values] SampleForm form)
    {
        PatchPlaces places = Write(new MessagePackWireWriter(), kind, 1_000, form);
        KindSchema schema = SampleSchema.Of(kind);
        WireColumn[] columns = Maker(1).Make(kind, 1, out _);
        IEnumerable<string> others = columns.Where(column => column.Field.Type is not (FieldType.Time or FieldType.Map) && column.Field.Name != "txid")
            .Where(column => kind != Kind.Exception || column.Field.Name != "message").Select(column => column.Field.Name);
        Assert.That(places.Values!.Keys.Select(column => column.Field.Name), Is.EquivalentTo(others), schema.Name);
    }

    [Test]
    public void No_row_is_sent_twice([Values] SampleForm form, [Values] bool json)
    {
        HashSet<string> seen = [];
        foreach (Dictionary<string, object?[]> sent in Sendings(SampleForm.Rows == form ? 1_000 : 2_500, form, json, 20))
        {
            string[] fields = [.. sent.Keys.Where(name => name is not ("time" or "txid"))];
            for (int row = 0; row < sent["time"].Length; row++)
            {
                Assert.That(seen.Add(string.Join('|', fields.Select(name => Convert.ToString(sent[name][row], CultureInfo.InvariantCulture)))), Is.True);
            }
        }
    }

    [Test]
    public void Each_field_keeps_its_distribution([Values] SampleForm form, [Values] bool json)
    {
        Dictionary<string, List<object?>> all = [];
        foreach (Dictionary<string, object?[]> sent in Sendings(5_000, form, json, 20))
        {
            foreach ((string name, object?[] values) in sent)
            {
                (all.TryGetValue(name, out List<object?>? known) ? known : all[name] = []).AddRange(values);
            }
        }

        double Share(string name, object value) => all[name].Count(found => value.Equals(Plain(found))) / 100_000.0;
        double[] elapsed = [.. all["elapsed"].Select(value => Convert.ToDouble(value, CultureInfo.InvariantCulture)).Order()];
        int[] perService = [.. all["service"].Cast<string>().CountBy(name => name).Select(pair => pair.Value).OrderDescending()];
        Assert.Multiple(() =>
        {
            // The bodies keep their widths, so that a share is only as exact as the 5,000 rows that all 20 sendings are made from.
            Assert.That(perService, Has.Length.EqualTo(400));
            Assert.That(perService[0], Is.EqualTo(15_220).Within(1_500));
            Assert.That(Share("service", Encoding.UTF8.GetString(_population.Services[1])), Is.EqualTo(0.0761).Within(0.01));
            Assert.That(all["user_id"].Distinct().Count(), Is.EqualTo(50_000 * (1 - Math.Exp(-2))).Within(500));
            Assert.That(all["remote_ip"].Distinct().Count(), Is.InRange(9_950, 10_000));
            Assert.That(all["oname"].Distinct().Count(), Is.EqualTo(20));
            Assert.That(Share("status", 200.0), Is.EqualTo(0.9).Within(0.02));
            Assert.That(Share("status", 500.0), Is.EqualTo(0.02).Within(0.01));
            Assert.That(Share("error", 1.0), Is.EqualTo(0.02).Within(0.01));
            Assert.That(Share("sql_count", 11.0), Is.EqualTo(1 / 12.0).Within(0.02));
            Assert.That(elapsed[50_000], Is.EqualTo(30).Within(1.5));
            Assert.That(elapsed[99_000], Is.EqualTo(30 * Math.Exp(0.8 * 2.326)).Within(20));
            Assert.That(elapsed.Average(), Is.EqualTo(30 * Math.Exp(0.32)).Within(1.5));
            Assert.That(all["malloc"].Select(Plain), Has.All.InRange(10_000, 7_999_999));
        });
    }

    [Test]
    public void What_belongs_together_stays_together([Values] SampleForm form, [Values] bool json)
    {
        foreach (Dictionary<string, object?[]> sent in Sendings(5_000, form, json, 3))
        {
            int Pairs(string left, string right) => sent[left].Zip(sent[right]).Distinct().Count();
            Assert.That(Pairs("service", "api_id"), Is.EqualTo(sent["service"].Distinct().Count()));
            Assert.That(Pairs("api_id", "api_name"), Is.EqualTo(sent["api_id"].Distinct().Count()));
            Assert.That(Pairs("user_id", "api_key"), Is.EqualTo(sent["user_id"].Distinct().Count()));
            Assert.That(Pairs("api_key", "alias"), Is.EqualTo(sent["api_key"].Distinct().Count()));
            Assert.That(Pairs("user_id", "oauth_id"), Is.EqualTo(sent["user_id"].Distinct().Count()));
            Assert.That(sent["upstream_latency"].Zip(sent["elapsed"])
                .Select(pair => Convert.ToDouble(pair.First, CultureInfo.InvariantCulture) <= Convert.ToDouble(pair.Second, CultureInfo.InvariantCulture)),
                Has.All.True);
        }
    }

    [Test]
    public void A_dictionary_is_in_another_order_each_time([Values] bool json)
    {
        IWireWriter writer = json ? new JsonWriter() : new MessagePackWireWriter();
        PatchPlaces places = Write(writer, Kind.Transaction, 1_000, SampleForm.Columns);
        PreparedBody body = new(writer.Written, HeadRoom, places, new int[1_000]);
        ulong state = 1;
        HashSet<string> firstAgents = [];
        for (int sending = 0; sending < 40; sending++)
        {
            body.Patch(Now, ref state);
            string text = Encoding.Latin1.GetString(body.Body);
            firstAgents.Add(text.Substring(text.IndexOf("dict", text.IndexOf("oname", StringComparison.Ordinal), StringComparison.Ordinal), 40));
        }

        Assert.That(firstAgents, Has.Count.GreaterThan(10));
    }

    private static IEnumerable<Dictionary<string, object?[]>> Sendings(int rowCount, SampleForm form, bool json, int count)
    {
        IWireWriter writer = json ? new JsonWriter() : new MessagePackWireWriter();
        PatchPlaces places = Write(writer, Kind.Transaction, rowCount, form);
        PreparedBody body = new(writer.Written, HeadRoom, places, new int[rowCount]);
        ulong state = 1;
        for (int sending = 0; sending < count; sending++)
        {
            body.Patch(Now, ref state);
            yield return ReadBody.Columns(body.Body, "transaction");
        }
    }

    private static PatchPlaces Write(IWireWriter writer, Kind kind, int rowCount, SampleForm form)
    {
        PatchPlaces places = new() { Values = [] };
        BodyWriter.Write(writer, SampleSchema.Of(kind), Maker(7).Make(kind, rowCount, out _), form, [], places);
        return places;
    }

    private static SampleMaker Maker(int seed) => new(_population, seed) { Gateway = new GatewayColumns() };

    private static object Meant(WireColumn column, long drawn) => column.Source switch
    {
        TextChoices texts => Encoding.UTF8.GetString(texts[(int)drawn]),
        LinkedTexts linked => Encoding.UTF8.GetString(linked.Texts[(int)drawn]),
        _ => column.IsDecimal ? drawn / 1_000.0 : (double)drawn,
    };

    private static object? Plain(object? value) => value switch
    {
        long number => (double)number,
        bool flag => flag ? 1.0 : 0.0,
        _ => value,
    };
}
