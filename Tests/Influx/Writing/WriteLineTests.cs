using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx;
using TimeSeries.Core.Storage.Influx.Rollups;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Tests.Codecs;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Influx.Writing;

/// <summary>What stands in lines is what stood in columns, to a parser that is held to a real server and to the real server itself.</summary>
internal sealed class WriteLineTests
{
    private const ulong Node = 0x0123_4567_89AB_CDEF;

    [Test]
    public void A_line_is_as_the_schema_says() => Assert.That(
        Lines(WrittenBatch.Transactions(70_000_123, (1_710_064_800_001, "/a \"b\" \\", 1_500))).Split('\n')[1],
        Is.EqualTo("""transaction,e=6,node=0123456789abcdef,oid=7,pcode=1 n=70000123i,service="/a \"b\" \\",elapsed=1500i 1710064800001000123"""));

    [Test]
    public void Before_the_first_sample_of_a_bucket_its_unit_is_declared() => Assert.That(
        Lines(WrittenBatch.Many(0, 3)).Split('\n')[0],
        Is.EqualTo("rollup_5m,kind=transaction,node=0123456789abcdef,pcode=1 unit=5i,part=0i,parts=0i 1710064800000500000"));

    [Test]
    public void Every_value_of_every_field_is_in_its_line([Range(1, 8)] int seed)
    {
        SampleBatch samples = Acceptable(seed);
        List<ParsedLine> points = Points(Lines(new ValidBatch(3, samples) { FirstNumber = 999_990 }));
        Assert.That(points.Select(Describe), Is.EqualTo(Expected(samples, 3, 999_990)));
    }

    [Test]
    public void A_batch_is_split_at_lines_and_bytes_and_loses_none()
    {
        LineEncoder encoder = new(Node, maxLines: 7, maxBytes: 800);
        encoder.Begin(WrittenBatch.Many(0, 50), new OpenUnit(5));
        StringBuilder all = new();
        bool done;
        do
        {
            using LineBatch lines = new(16);
            done = encoder.Continue(lines);
            all.Append(Encoding.UTF8.GetString(lines.Lines(0, lines.LineCount).Span));
            Assert.That((lines.LineCount <= 7, lines.Length <= 800), Is.EqualTo((true, true)));
        }
        while (!done);
        Assert.That(all.ToString(), Is.EqualTo(Lines(WrittenBatch.Many(0, 50))));
    }

    [Test]
    public async Task Hostile_texts_come_back_from_a_real_server()
    {
        await using RealInfluxd server = await RealInfluxd.StartWithDatabaseAsync();
        ValidBatch batch = WrittenBatch.Transactions(0, [.. HostileTexts.All.Select((text, i) => (WrittenBatch.Start + i, text, 1L))]);
        (int status, string body) = await server.WriteAsync(Lines(batch), "apm");
        Assert.That(status, Is.EqualTo(204), body);
        System.Text.Json.JsonElement rows = (await server.QueryAsync("SELECT \"service\" FROM \"transaction\"", "apm"))[0]
            .GetProperty("series")[0].GetProperty("values");
        Assert.That(rows.EnumerateArray().Select(row => row[1].GetString()), Is.EqualTo(HostileTexts.All));
    }

    private static string Lines(ValidBatch batch)
    {
        LineEncoder encoder = new(Node, int.MaxValue, int.MaxValue);
        encoder.Begin(batch, new OpenUnit(5));
        using LineBatch lines = new(16);
        Assert.That(encoder.Continue(lines), Is.True);
        return Encoding.UTF8.GetString(lines.Lines(0, lines.LineCount).Span);
    }

    private static List<ParsedLine> Points(string lines) => [.. LineParser.Parse(lines).Where(line => line.Measurement != InfluxSchema.RollupMeasurement)];

    // Times and alert ids as the validator leaves them; hostile texts in every text field.
    private static SampleBatch Acceptable(int seed)
    {
        SampleBatch samples = CodecBatch.Random(seed, 40);
        Random random = new(seed);
        foreach (SampleTable table in SampleSchema.All.Select(schema => samples.Find(schema.Kind)).OfType<SampleTable>())
        {
            for (int row = 0; row < table.RowCount; row++)
            {
                table.Numbers(KindSchema.Time).Set(row, WrittenBatch.Start + random.Next(-1_000_000, 1_000_000));
                foreach (Field field in table.Schema.Fields.Where(field => field.IsText && (table.Has(field.Ordinal) || field.IsGuid)))
                {
                    string text = field.IsGuid ? Guid.NewGuid().ToString() : HostileTexts.All[random.Next(HostileTexts.All.Count)];
                    table.Texts(field.Ordinal).Set(row, Encoding.UTF8.GetBytes(text));
                }
            }
        }

        return samples;
    }

    private static IEnumerable<string> Expected(SampleBatch samples, long pcode, long number)
    {
        foreach (SampleTable table in SampleSchema.All.Select(schema => samples.Find(schema.Kind)).OfType<SampleTable>())
        {
            for (int row = 0; row < table.RowCount; row++, number++)
            {
                SortedDictionary<string, string> fields = new(StringComparer.Ordinal) { ["n"] = $"{number}" };
                foreach (Field field in table.Schema.Fields.Where(field => field.Name is not ("time" or "oid") && table.Has(field.Ordinal)))
                {
                    if (ValueOf(table, field, row) is { } value)
                    {
                        fields[field.Name] = value;
                    }
                }

                string oid = table.Has(KindSchema.Oid) ? ValueOf(table, table.Schema.Fields[KindSchema.Oid], row) ?? "-" : "-";
                string alert = table.Schema.Kind == Kind.Alert ? $"b={fields["id"][..2]}," : "";
                long time = table.Numbers(KindSchema.Time).Values[row] * 1_000_000 + number % 1_000_000;
                yield return $"{table.Schema.Name},{alert}e={number / 1_000_000},node=0123456789abcdef,oid={oid},pcode={pcode} "
                    + $"{string.Join('|', fields)} {time}";
            }
        }
    }

    private static string? ValueOf(SampleTable table, Field field, int row)
    {
        if (!field.IsText)
        {
            long value = table.Numbers(field.Ordinal).Values[row];
            return value == NumberColumn.Missing ? null : $"{value}";
        }

        int code = table.Texts(field.Ordinal).Codes[row];
        return code == TextColumn.Missing ? null : Encoding.UTF8.GetString(table.Texts(field.Ordinal).Symbols[code]);
    }

    private static string Describe(ParsedLine line) => line.Error
        ?? $"{line.Series} {string.Join('|', line.Fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(Described))} {line.Time}";

    private static string Described(KeyValuePair<string, FieldValue> field) => $"[{field.Key}, {field.Value.Value}]";
}
