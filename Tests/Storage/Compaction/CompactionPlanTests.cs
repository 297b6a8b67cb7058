using System.Collections.Immutable;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Storage.Embedded.Compaction;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Contract.Oracle;

namespace TimeSeries.Tests.Storage.Compaction;

[TestFixture]
public sealed class CompactionPlanTests
{
    private const long Day = 86_400_000;
    private const long Noon = 19_000 * Day + Day / 2;
    private const long MaxRows = 32_000_000;

    private CoreInstruments _instruments = null!;
    private long _nextId;

    [SetUp]
    public void SetUp() => _instruments = new CoreInstruments();

    [TearDown]
    public void TearDown() => _instruments.Dispose();

    [Test]
    public void Eight_blocks_of_a_like_size_are_merged() =>
        Assert.That(CompactionPlan.Next(Blocks(8, 1_000_000), Noon, MaxRows), Has.Length.EqualTo(8));

    [Test]
    public void Seven_are_not_yet() => Assert.That(CompactionPlan.Next(Blocks(7, 1_000_000), Noon, MaxRows), Is.Empty);

    [Test]
    public void What_is_left_of_a_day_is_merged_when_the_day_is_over() =>
        Assert.That(CompactionPlan.Next(Blocks(3, 1_000_000), Noon + Day, MaxRows), Has.Length.EqualTo(3));

    [Test]
    public void Days_are_not_mixed()
    {
        ImmutableArray<Block> blocks = [.. Blocks(4, 1_000_000), .. Blocks(4, 1_000_000, Noon + Day)];
        Assert.That(CompactionPlan.Next(blocks, Noon + Day, MaxRows).Select(block => block.Entry.FirstTime).Max(), Is.LessThan(Noon + Day / 2));
    }

    [Test]
    public void No_merge_makes_a_block_of_too_many_rows() =>
        Assert.That(CompactionPlan.Any(Blocks(10, 10_000_000), MaxRows), Has.Length.EqualTo(3));

    [Test]
    public void Many_blocks_of_the_greatest_size_keep_no_small_ones_from_being_merged() =>
        Assert.That(CompactionPlan.Next([.. Blocks(9, 5_000_000), .. Blocks(8, 1_000)], Noon, MaxRows).Sum(block => block.Entry.RowCount), Is.EqualTo(8_000));

    [Test]
    public void A_few_late_samples_do_not_rewrite_a_day() =>
        Assert.That(CompactionPlan.Next([.. Blocks(1, 20_000_000), .. Blocks(2, 1_000)], Noon + 3 * Day, MaxRows)
            .Sum(block => block.Entry.RowCount), Is.LessThan(3_000));

    [Test]
    public void Merging_comes_to_an_end()
    {
        // Seals of a million rows all day: how often each row is written again.
        List<Block> blocks = [];
        long written = 0;
        for (int seal = 0; seal < 100; seal++)
        {
            blocks.AddRange(Blocks(1, 1_000_000));
            while (CompactionPlan.Next([.. blocks], Noon, MaxRows) is { IsEmpty: false } chosen)
            {
                long rows = chosen.Sum(block => block.Entry.RowCount);
                written += rows;
                blocks.RemoveAll(chosen.Contains);
                blocks.AddRange(Blocks(1, rows));
            }
        }

        Assert.That(written, Is.LessThanOrEqualTo(200_000_000));
    }

    private ImmutableArray<Block> Blocks(int count, long rows, long start = Noon) =>
        [.. Enumerable.Range(0, count).Select(i => Make(rows, start + i * 1_000))];

    private Block Make(long rows, long first)
    {
        BlockEntry entry = new()
        {
            Id = ++_nextId,
            Kind = Kind.Transaction,
            Bytes = rows * 30,
            RowCount = rows,
            FirstTime = first,
            LastTime = first + 999,
            FirstNumber = 0,
            LastNumber = 0,
            ProjectCount = 1,
        };
        return new Block(StoreUnderTest.Context(new FaultyFileSystem(), _instruments), "/none", entry);
    }
}
