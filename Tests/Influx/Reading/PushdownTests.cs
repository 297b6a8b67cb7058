using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Influx.Reading;

/// <summary>Which filters InfluxDB applies itself, and that results stay what they are without.</summary>
internal sealed class PushdownTests
{
    private const long Start = 1_700_000_000_000;

    private static readonly KindSchema _transaction = SampleSchema.Of(Kind.Transaction);

    [TestCase("4c1e4b5d9f100123")]
    [TestCase("a'b\"c\\d;--")]
    [TestCase("one", "two")]
    public void Whole_texts_are_conditions_of_the_statement_and_bound(params string[] texts)
    {
        (string condition, string[] bound) = ConditionOf(Kind.Transaction, "txid", FilterOperator.AnyOf, texts);
        Assert.That(condition, Is.EqualTo($" AND ({string.Join(" OR ", texts.Select((_, i) => $"\"txid\" = $p{i}"))})"));
        Assert.That(bound, Is.EqualTo(texts));
    }

    [TestCase(Kind.Transaction, "txid", FilterOperator.AnyOf, "")]
    [TestCase(Kind.Transaction, "txid", FilterOperator.AnyOf, "서울")]
    [TestCase(Kind.Transaction, "txid", FilterOperator.AnyOf, "a\nb")]
    [TestCase(Kind.Transaction, "txid", FilterOperator.NoneOf, "a")]
    [TestCase(Kind.Transaction, "txid", FilterOperator.ContainsAnyOf, "a")]
    [TestCase(Kind.Alert, "source", FilterOperator.AnyOf, "a")]
    [TestCase(Kind.Alert, "labels", FilterOperator.AnyOf, "{}")]
    public void What_InfluxDB_might_read_otherwise_is_left_to_the_host(Kind kind, string field, FilterOperator @operator, string text) =>
        Assert.That(ConditionOf(kind, field, @operator, text).Condition, Is.Empty);

    [Test]
    public void Nothing_is_counted_by_texts_since_InfluxDB_would_read_every_point_before_it_sends_anything() =>
        Assert.That(new PushdownPredicates(Kind.Transaction, [Filter.OfTexts(_transaction.Ordinal("txid"), FilterOperator.AnyOf, "a")]).IsComplete, Is.False);

    [TestCase(10, 0.1, ExpectedResult = 2_000)]
    [TestCase(10, 2, ExpectedResult = 1_000)]
    [TestCase(10, 4, ExpectedResult = 500)]
    [TestCase(100_000, 0.1, ExpectedResult = 1_000)]
    [TestCase(600_000, 0.1, ExpectedResult = 500)]
    public long Slices_grow_while_they_are_few_rows_and_take_little_time(long rows, double seconds) =>
        AdaptiveSlice.After(1_000, rows, TimeSpan.FromSeconds(seconds));

    [Test]
    public async Task Look_ups_in_both_stores_are_equal()
    {
        string[] texts = ["4c1e4b5d9f100123", "4C1E4B5D9F100123", "a'b\"c\\d;--", "-", " ", "서울", "a b=c,d", "$p0", new('x', 1_024)];
        await using RealInfluxd server = await RealInfluxd.StartWithDatabaseAsync();
        await using ListedStores stores = new(server);
        foreach (Kind kind in (Kind[])[Kind.Transaction, Kind.Sql, Kind.Httpc, Kind.Exception])
        {
            RowGenerator generator = new(new Random((int)kind)) { MayHave = field => field.Name == "status" };
            for (int node = 0; node < 2; node++)
            {
                await stores.WriteAsync([.. Enumerable.Range(0, 300).Select(i =>
                    generator.Row(SampleSchema.Of(kind), Start + (i * 2_000) + node, 1).With("txid", i % 10 == 9 ? null : texts[i % texts.Length]))], node);
            }

            int txid = SampleSchema.Of(kind).Ordinal("txid");
            foreach (string[] wanted in (string[][])[.. texts.Select(text => (string[])[text]), ["-", "서울"], ["", "-"], ["$p0", " "], ["none"]])
            {
                await stores.CheckAsync(new ListQuery
                {
                    Pcode = 1,
                    Kind = kind,
                    Range = new TimeRange(Start, Start + 500_000),
                    Limit = 20,
                    CountTotal = true,
                    Fields = [.. Enumerable.Range(0, SampleSchema.Of(kind).Fields.Length)],
                    Filters = [Filter.OfTexts(txid, FilterOperator.AnyOf, [.. wanted])],
                });
            }
        }
    }

    private static (string Condition, string[] Bound) ConditionOf(Kind kind, string field, FilterOperator @operator, params string[] texts)
    {
        InfluxStatement statement = InfluxStatement.Select("m", "n");
        string before = statement.Text;
        new PushdownPredicates(kind, [Filter.OfTexts(SampleSchema.Of(kind).Ordinal(field), @operator, [.. texts])]).AddTo(statement);
        return (statement.Text[before.Length..], [.. statement.Parameters.Select(parameter => parameter.Value)]);
    }
}
