using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage;

/// <summary>Results in each state that a store passes through, compared with the rows that were written.</summary>
[TestFixture]
public sealed class StoreResultTests
{
    private const long Start = 1_674_950_400_000;
    private const long Hour = 3_600_000;

    private StoreUnderTest _test = null!;

    [SetUp]
    public void SetUp() => _test = new StoreUnderTest();

    [TearDown]
    public async Task TearDown() => await _test.DisposeAsync();

    [Test]
    public async Task Samples_in_the_head_are_in_results()
    {
        await WriteAsync(1);
        await WriteAsync(2);
        await AssertResultsAsync();
    }

    [Test]
    public async Task Sealed_samples_are_in_results()
    {
        await WriteAsync(1);
        await WriteAsync(2);
        await _test.Store.SealAsync();
        await AssertResultsAsync();
    }

    [Test]
    public async Task Blocks_that_overlap_each_other_and_the_head_are_in_results()
    {
        await WriteAsync(1);
        await _test.Store.SealAsync();
        await WriteAsync(2);
        await _test.Store.SealAsync();
        await WriteAsync(3);
        await AssertResultsAsync();
    }

    [Test]
    public async Task Compacted_and_reopened_samples_are_in_results()
    {
        for (int seed = 1; seed <= 3; seed++)
        {
            await WriteAsync(seed);
            await _test.Store.SealAsync();
        }

        await _test.Store.CompactAsync();
        Assert.That(_test.Store.BlockCount, Is.EqualTo(1));
        await _test.KillAndReplayAsync();
        await AssertResultsAsync();
    }

    [Test]
    public async Task More_samples_than_a_chunk_and_a_range_hold_are_in_results()
    {
        for (int batch = 0; batch < 10; batch++)
        {
            await _test.WriteAsync(RowGenerator.Transactions(batch, 7_000, Hour, Start + batch * Hour / 20));
        }

        TimeRange range = new(Start + 100_000, Start + Hour);
        string expected = StoreResults.Expected(_test.Rows, StoreResults.ByService(1, range));
        Assert.That(await StoreResults.OfAsync(_test.Store, StoreResults.ByService(1, range)), Is.EqualTo(expected));
        await _test.Store.SealAsync();
        Assert.That(await StoreResults.OfAsync(_test.Store, StoreResults.ByService(1, range)), Is.EqualTo(expected));
        Assert.That(await StoreResults.OfAsync(_test.Store, StoreResults.ByService(1, range) with { UseRollups = false }), Is.EqualTo(expected));
    }

    [Test]
    public async Task A_column_that_comes_late_is_missing_before()
    {
        await _test.WriteAsync(Row.Transaction(1, Start, "a", 1));
        await _test.WriteAsync(Row.Transaction(1, Start + 1, "a", 2).With("remote_ip", "10.0.0.1").With("status", 200));
        await _test.WriteAsync(Row.Transaction(1, Start + 2, "a", 3));
        SampleQuery query = StoreResults.ByMinuteAndStatus(1, TimeRange.All);
        string expected = StoreResults.Expected(_test.Rows, query);
        Assert.That(await StoreResults.OfAsync(_test.Store, query), Is.EqualTo(expected));
        await _test.Store.SealAsync();
        Assert.That(await StoreResults.OfAsync(_test.Store, query), Is.EqualTo(expected));
    }

    [Test]
    public async Task Number_filters_give_the_same_with_and_without_a_zone_map()
    {
        await WriteAsync(1);
        int status = Core.Schema.SampleSchema.Of(Core.Schema.Kind.Transaction).Ordinal("status");
        foreach (Filter filter in new[]
        {
            Filter.OfNumbers(status, FilterOperator.GreaterThanAnyOf, 300), Filter.OfNumbers(status, FilterOperator.GreaterThanAnyOf, 500),
            Filter.OfNumbers(status, FilterOperator.LessThanAnyOf, 200), Filter.OfNumbers(status, FilterOperator.LessThanAnyOf, 100),
            Filter.OfNumbers(status, FilterOperator.AnyOf, 200, NumberColumn.Missing), Filter.OfNumbers(status, FilterOperator.AnyOf, 999),
            Filter.OfNumbers(status, FilterOperator.NoneOf, 200), Filter.Present(status),
        })
        {
            // In the head there is no zone map.
            SampleQuery query = StoreResults.ByService(1, TimeRange.All) with { Filters = [filter] };
            string inHead = await StoreResults.OfAsync(_test.Store, query);
            await using StoreUnderTest other = new();
            await other.WriteAsync([.. _test.Rows.Where(row => row.Pcode == 1)]);
            await other.Store.SealAsync();
            Assert.That(await StoreResults.OfAsync(other.Store, query), Is.EqualTo(inHead), filter.ToString());
        }
    }

    [Test]
    public async Task The_real_disk_gives_the_same_after_a_restart()
    {
        using TemporaryFolder folder = new();
        Row[] rows = RowGenerator.Transactions(5, 2_000, Hour, Start);
        EmbeddedStoreOptions options = new();
        EmbeddedStore Open() => EmbeddedStore.Open(
            new DiskFileSystem(), folder, StoreUnderTest.NodeId, options, _ => StoreUnderTest.Threshold, _test.Clock, _test.Instruments,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        await using (EmbeddedStore store = Open())
        {
            await store.WriteAsync(Row.BatchOf(rows, 0), new LogPosition(1), CancellationToken.None);
            await store.SealAsync();
        }

        await using EmbeddedStore reopened = Open();
        SampleQuery query = StoreResults.ByService(1, TimeRange.All);
        Assert.That(await StoreResults.OfAsync(reopened, query), Is.EqualTo(StoreResults.Expected(rows, query)));
    }

    private async Task WriteAsync(int seed)
    {
        await _test.WriteAsync(RowGenerator.Transactions(seed, 700, 2 * Hour, Start + seed * Hour / 2));
        await _test.WriteAsync(RowGenerator.Transactions(-seed, 300, 3 * Hour, Start, pcode: 2));
    }

    private async Task AssertResultsAsync()
    {
        Random random = new(7);
        for (int i = 0; i < 25; i++)
        {
            long from = Start - Hour + random.NextInt64(5 * Hour);
            TimeRange range = i == 0 ? TimeRange.All : new TimeRange(from, from + random.NextInt64(3 * Hour));
            foreach (SampleQuery query in new[]
            {
                StoreResults.ByService(1, range), StoreResults.ByService(2, range), StoreResults.ByService(3, range), StoreResults.ByAddress(1, range),
                StoreResults.ByTxid(1, range), StoreResults.ByMinuteAndStatus(2, range),
            })
            {
                string expected = StoreResults.Expected(_test.Rows, query);
                Assert.That(await StoreResults.OfAsync(_test.Store, query), Is.EqualTo(expected), query.ToString());
                Assert.That(await StoreResults.OfAsync(_test.Store, query with { UseRollups = false }), Is.EqualTo(expected), query.ToString());
            }
        }
    }
}
