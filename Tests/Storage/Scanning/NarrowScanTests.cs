using System.Text;
using NUnit.Framework;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Micro;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Tests.Aggregate;

namespace TimeSeries.Tests.Storage.Scanning;

/// <summary>Where few rows of a chunk pass a filter, so that blocks decode only those, answers are the same as from memory, where nothing is decoded.</summary>
internal sealed class NarrowScanTests
{
    private const int Samples = 60_000;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);

    private StoreUnderTest _memory = null!;
    private StoreUnderTest _blocks = null!;
    private string _user = "";

    [OneTimeSetUp]
    public async Task FillAsync()
    {
        _memory = new StoreUnderTest(new EmbeddedStoreOptions { HeadRows = int.MaxValue });
        _blocks = new StoreUnderTest(new EmbeddedStoreOptions { HeadRows = int.MaxValue });
        foreach (StoreUnderTest under in new[] { _memory, _blocks })
        {
            for (int batch = 1; batch <= 2; batch++)
            {
                ValidBatch rows = GeneratedBatch.Make(Kind.Transaction, Samples, batch);
                TextColumn users = rows.Find(Kind.Transaction)!.Texts(_schema.Ordinal("user_id"));
                _user = Encoding.UTF8.GetString(users.Symbols[users.Codes[Samples / 2]]);
                await under.Store.WriteAsync(rows, new LogPosition(batch), CancellationToken.None);
            }
        }

        await _blocks.Store.SealAsync();
    }

    [OneTimeTearDown]
    public async Task RemoveAsync()
    {
        await _memory.DisposeAsync();
        await _blocks.DisposeAsync();
    }

    [Test]
    public async Task Answers_from_blocks_are_those_from_memory(
        [Values("user", "user,method", "method,user", "slow", "user,status", "nobody")] string filters, [Values(0, 100)] long window, [Values("", "service,status", "txid")] string by, [Values] bool part)
    {
        SampleQuery query = Query(filters, window, by) with { Range = part ? Half() : TimeRange.All };
        using QueryResult expected = await _memory.Store.QueryAsync(query, CancellationToken.None);
        using QueryResult answer = await _blocks.Store.QueryAsync(query, CancellationToken.None);

        Assert.That(expected.RowCount, filters == "nobody" ? Is.Zero : Is.Positive);
        Assert.That(ResultLines.Of(query, answer), Is.EqualTo(ResultLines.Of(query, expected)));
    }

    private SampleQuery Query(string filters, long window, string by)
    {
        int elapsed = _schema.Ordinal("elapsed");
        return new SampleQuery
        {
            Pcode = GeneratedBatch.Pcode,
            Kind = Kind.Transaction,
            Range = TimeRange.All,
            WindowMilliseconds = window,
            GroupBy = [.. by.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => new GroupField(_schema.Ordinal(name)))],
            Measures =
            [
                new(MeasureKind.Count), new(MeasureKind.Sum, elapsed), new(MeasureKind.Min, elapsed), new(MeasureKind.Max, KindSchema.Time), new(MeasureKind.Sketch, elapsed),
                new(MeasureKind.Count, Condition: RowCondition.Failed), new(MeasureKind.Latest, _schema.Ordinal("remote_ip")), new(MeasureKind.Set, KindSchema.Oid),
            ],
            Filters = [.. filters.Split(',').Select(Filter)],
            UseRollups = false,
        };
    }

    private Filter Filter(string name) => name switch
    {
        "user" => Core.Model.Queries.Filter.OfTexts(_schema.Ordinal("user_id"), FilterOperator.AnyOf, _user, "user-00077"),
        "nobody" => Core.Model.Queries.Filter.OfTexts(_schema.Ordinal("user_id"), FilterOperator.AnyOf, "nobody"),
        "method" => Core.Model.Queries.Filter.OfTexts(_schema.Ordinal("method"), FilterOperator.NoneOf, "DELETE"),
        "status" => Core.Model.Queries.Filter.Present(_schema.Ordinal("status")),
        "slow" => Core.Model.Queries.Filter.OfNumbers(_schema.Ordinal("elapsed"), FilterOperator.GreaterThanAnyOf, 300_000),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    // Samples are of one second.
    private static TimeRange Half() => StoreFolder.Range(TimeSpan.Zero) with { To = StoreFolder.Range(TimeSpan.Zero).From + 500 };
}
