using System.Globalization;
using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Scanning;

/// <summary>Look-ups of single texts, which filters of blocks help with: results equal those of looking at every row.</summary>
public sealed class TextLookupTests
{
    private const long Start = 1_700_000_000_000;
    private const int BatchRows = 1_500;

    private static readonly Kind[] _kinds = [Kind.Transaction, Kind.Sql, Kind.Httpc, Kind.Exception];

    // What a client may send as a txid, each distinct for its number.
    private static readonly Func<int, string>[] _texts =
    [
        number => number.ToString("x32", CultureInfo.InvariantCulture),
        number => $"{number:x8}-4c1e-4b5d-9f10-0123456789ab",
        number => "서울-" + number + "-ä𝄞",
        number => ((char)(' ' + (number % 90))).ToString(),
        number => new string('p', 1_012) + number.ToString("d12", CultureInfo.InvariantCulture),
        number => "txid-with-an-equal-prefix-" + number,
        number => "0000000000000000" + number.ToString("x16", CultureInfo.InvariantCulture),
        number => number.ToString("X7", CultureInfo.InvariantCulture),
    ];

    [Test]
    public async Task Samples_of_any_text_are_those_of_the_naive_reader([Range(1, 8)] int seed)
    {
        Random random = new(seed);
        List<Row> rows = [];
        List<string> texts = [];
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { MaxFrozenHeads = 1_000 });
        for (int step = 0; step < 10; step++)
        {
            Kind kind = _kinds[(seed + (step / 5)) % _kinds.Length];
            Row[] batch = Batch(random, kind, 1 + random.Next(8) / 7, step, texts);
            rows.AddRange(batch);
            await test.WriteAsync(batch);
            await MaintainAsync(test, random.Next(5));
            for (int i = 0; i < 6; i++)
            {
                await CheckAsync(test, rows, random, kind, texts);
            }
        }

        await test.Store.SealAsync();
        await test.Store.CompactAsync();
        await test.KillAndReplayAsync();
        for (int i = 0; i < 20; i++)
        {
            await CheckAsync(test, rows, random, _kinds[random.Next(_kinds.Length)], texts);
        }
    }

    [Test]
    public async Task Texts_of_many_chunks_and_of_dictionaries_of_several_parts_are_found([Values(1, 2, 3)] int repeats, [Values(0, 2, 6)] int form)
    {
        const int Rows = 40_000;
        await using StoreUnderTest test = new();
        List<Row> rows = [];
        for (int first = 0; first < Rows; first += Rows / 4)
        {
            Row[] batch = [.. Enumerable.Range(first, Rows / 4).Select(i =>
                Row.Transaction(1, Start + i, "s", i).With("txid", _texts[form](i % (Rows / repeats))))];
            rows.AddRange(batch);
            await test.WriteAsync(batch);
            await test.Store.SealAsync();
        }

        await test.Store.CompactAsync();
        Assert.That(test.Store.BlockCount, Is.EqualTo(1));
        foreach (int number in (int[])[0, 1, 9_999, 10_000, 13_332, 16_383, 16_384, 19_999, Rows - 1, Rows, Rows + 1])
        {
            await CheckAsync(test, rows, [_texts[form](number)], Kind.Transaction, TimeRange.All);
        }

        string[] some = [_texts[form](3), _texts[form](12_000), _texts[form](Rows * 2)];
        await CheckAsync(test, rows, some, Kind.Transaction, new TimeRange(Start + 2, Start + 30_000));
    }

    [Test]
    public async Task Samples_with_a_text_that_most_of_them_have_are_found()
    {
        await using StoreUnderTest test = new();
        Row[] rows =
            [.. Enumerable.Range(0, 6_000).Select(i => Row.Transaction(1, Start + i, "s", i).With("txid", i % 3 > 0 ? "-" : _texts[0](i / 6)))];
        await test.WriteAsync(rows);
        await test.Store.SealAsync();
        await CheckAsync(test, rows, ["-"], Kind.Transaction, TimeRange.All);
        await CheckAsync(test, rows, ["-", _texts[0](7)], Kind.Transaction, TimeRange.All);
        await CheckAsync(test, rows, ["", _texts[0](7)], Kind.Transaction, TimeRange.All);
    }

    private static Row[] Batch(Random random, Kind kind, long pcode, int step, List<string> texts)
    {
        Func<int, string> form = _texts[random.Next(_texts.Length)];
        int distinct = random.Next(3) switch { 0 => BatchRows, 1 => BatchRows / 2, _ => BatchRows / 5 };
        int first = random.Next(4) * BatchRows;
        bool hasMissing = random.Next(3) == 0;
        RowGenerator generator = new(random) { MayHave = field => field.Name is "status" };
        Row[] rows = new Row[BatchRows];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = generator.Row(SampleSchema.Of(kind), Start + (step * 10_000) + random.Next(20_000), pcode);
            _ = hasMissing && random.Next(4) == 0 ? rows[i] : rows[i].With("txid", form(first + (i % distinct)));
        }

        texts.AddRange(form(first), form(first + distinct - 1), form(first + BatchRows + 1));
        return rows;
    }

    private static async Task MaintainAsync(StoreUnderTest test, int what)
    {
        switch (what)
        {
            case 0 or 1:
                await test.Store.SealAsync();
                break;
            case 2:
                await test.Store.SealAsync();
                await test.Store.CompactAsync();
                break;
            case 3:
                await test.KillAndReplayAsync();
                break;
        }
    }

    private static Task CheckAsync(StoreUnderTest test, IReadOnlyList<Row> rows, Random random, Kind kind, List<string> texts)
    {
        string[] wanted = [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => random.Next(20) == 0 ? "" : texts[random.Next(texts.Count)])];
        long from = Start + random.Next(120_000);
        TimeRange range = random.Next(2) == 0 ? TimeRange.All : new TimeRange(from, from + 30_000);
        return CheckAsync(test, rows, wanted, kind, range);
    }

    private static async Task CheckAsync(StoreUnderTest test, IReadOnlyList<Row> rows, string[] texts, Kind kind, TimeRange range)
    {
        KindSchema schema = SampleSchema.Of(kind);
        Filter filter = Filter.OfTexts(schema.Ordinal("txid"), FilterOperator.AnyOf, [.. texts]);
        await ListTests.CheckAsync(test, rows, new ListQuery
        {
            Pcode = 1,
            Kind = kind,
            Range = range,
            Fields = [.. Enumerable.Range(0, schema.Fields.Length)],
            Filters = [filter],
            Limit = 300,
            CountTotal = true,
        });
        SampleQuery query = new()
        {
            Pcode = 1,
            Kind = kind,
            Range = range,
            Filters = [filter],
            GroupBy = [new GroupField(schema.Ordinal("txid"))],
            Measures = [new(MeasureKind.Count), new(MeasureKind.Max, KindSchema.Time)],
        };
        using QueryResult found = await test.Store.QueryAsync(query, CancellationToken.None);
        using RowResult expected = new RowReader(rows).Result(query);
        Assert.That(ResultLines.Of(query, found), Is.EqualTo(ResultLines.Of(query, expected)), string.Join(' ', texts));
    }
}
