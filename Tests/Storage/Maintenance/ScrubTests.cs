using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Maintenance;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Maintenance;

/// <summary>Calls the steps of the scrub by hand: no loop runs, and time moves only when a test moves it.</summary>
public sealed class ScrubTests
{
    private const long Start = 1_674_950_400_000;
    private const int RowCount = 40;

    private static readonly SampleQuery _everything = StoreResults.ByTxid(Row.Project, TimeRange.All) with { UseRollups = false };

    private StoreUnderTest _test = null!;

    [SetUp]
    public void SetUp() => _test = new StoreUnderTest();

    [TearDown]
    public async Task TearDown() => await _test.DisposeAsync();

    [Test]
    public async Task A_flipped_bit_anywhere_is_found()
    {
        await SealAsync(1);
        string block = _test.BlockFiles.Single();
        byte[] whole = _test.Disk.Bytes(block);

        // Four bytes of the trailer are not used.
        int unused = whole.Length - BlockFormat.TrailerBytes + 12;
        for (int offset = 0; offset < whole.Length; offset += offset < BlockFormat.HeaderBytes || offset > whole.Length - 200 ? 1 : 7)
        {
            if (offset >= unused && offset < unused + 4)
            {
                continue;
            }

            _test.Disk.Corrupt(block, offset, (byte)(whole[offset] ^ 0x10));
            using CoreInstruments instruments = new();
            await using EmbeddedStore store = EmbeddedStore.Open(
                _test.Disk, StoreUnderTest.Folder, StoreUnderTest.NodeId, _test.Options, _ => StoreUnderTest.Threshold, _test.Clock, instruments,
                Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
            store.Maintenance.ScrubNext(CancellationToken.None);
            Assert.That(instruments.Damage.Found.Select(damage => damage.Path), Is.EqualTo(new[] { block }), $"offset {offset}");
            _test.Disk.Corrupt(block, offset, whole[offset]);
        }
    }

    [Test]
    public async Task A_whole_store_has_no_damage()
    {
        await SealAsync(1);
        await SealAsync(2);
        Scrub();
        _test.Clock.Advance(_test.Options.ScrubPeriod);
        Scrub();
        Assert.That(_test.Instruments.Damage.Found, Is.Empty);
    }

    [Test]
    public async Task Each_block_has_its_turn_once_in_a_period()
    {
        _test.Options = new EmbeddedStoreOptions { ScrubPeriod = TimeSpan.FromHours(10) };
        for (int seed = 1; seed <= 3; seed++)
        {
            await SealAsync(seed);
        }

        await using EmbeddedStore store = _test.Open();
        int reads = 0;
        for (int minute = 0; minute < 600; minute++)
        {
            int before = _test.Disk.Calls.Count;
            reads += store.Maintenance.ScrubNext(CancellationToken.None).Result == MaintenanceResult.Done ? 1 : 0;
            _test.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.That(_test.Disk.Calls.Skip(before).Select(call => call.Path).Distinct().Count(), Is.LessThanOrEqualTo(1));
        }

        Assert.That(reads, Is.EqualTo(3));
    }

    [Test]
    public async Task A_block_with_a_failed_read_is_checked_at_once()
    {
        await SealAsync(1);
        string block = _test.BlockFiles.Single();
        await using EmbeddedStore store = _test.Open();
        store.Maintenance.ScrubNext(CancellationToken.None);
        _test.Disk.Corrupt(block, BlockFormat.HeaderBytes + 3, 0xFF);
        SampleQuery butTheFirst = _everything with { Range = new TimeRange(_test.Rows.Min(row => row.Time) + 1, long.MaxValue) };
        Assert.That(async () => await store.QueryAsync(butTheFirst, CancellationToken.None), Throws.TypeOf<DamagedFileException>());
        store.Maintenance.ScrubNext(CancellationToken.None);
        Assert.That(_test.Instruments.Damage.Found.Select(damage => (damage.Path, damage.Offset, damage.Samples)),
            Is.EqualTo(new[] { (block, (long)BlockFormat.HeaderBytes, (long)RowCount) }));

        Assert.That(async () => await store.QueryAsync(butTheFirst, CancellationToken.None), Throws.TypeOf<DamagedFileException>());
        Assert.That(store.Maintenance.ScrubNext(CancellationToken.None).Result, Is.EqualTo(MaintenanceResult.Idle), "It is known.");
    }

    [Test]
    public async Task A_block_that_the_system_does_not_open_now_is_not_damaged()
    {
        await SealAsync(1);
        _test.Options = new EmbeddedStoreOptions { QuarantinesDamaged = true };
        await using EmbeddedStore store = _test.Open();
        _test.Disk.Fail(FileOperation.Open);
        Assert.That(store.Maintenance.ScrubNext(CancellationToken.None).Result, Is.EqualTo(MaintenanceResult.Failed));
        Assert.That(store.Maintenance.ScrubNext(CancellationToken.None).Result, Is.EqualTo(MaintenanceResult.Done));
        Assert.That(_test.Instruments.Damage.Found, Is.Empty);
        Assert.That(store.BlockCount, Is.EqualTo(1));
    }

    [Test]
    public async Task What_is_damaged_goes_to_quarantine_where_that_is_wanted_and_queries_tell_of_it([Values] bool isWanted)
    {
        _test.Options = new EmbeddedStoreOptions { QuarantinesDamaged = isWanted };
        await SealAsync(1);
        await SealAsync(2);
        string damaged = _test.BlockFiles.First();
        _test.Disk.Corrupt(damaged, BlockFormat.HeaderBytes + 3, 0xFF);
        await using EmbeddedStore store = _test.Open();
        for (int i = 0; i < 2; i++)
        {
            store.Maintenance.ScrubNext(CancellationToken.None);
            _test.Clock.Advance(_test.Options.ScrubPeriod);
        }

        await using EmbeddedStore reopened = _test.Open();
        foreach (EmbeddedStore each in (EmbeddedStore[])[store, reopened])
        {
            Assert.That(each.LostSamples(Kind.Transaction, Row.Project, TimeRange.All), Is.EqualTo(isWanted ? RowCount : 0));
            Assert.That(each.LostSamples(Kind.Transaction, Row.Project + 1, TimeRange.All), Is.Zero, "another project's");
            Assert.That(each.LostSamples(Kind.Sql, Row.Project, TimeRange.All), Is.Zero, "another kind");
            Assert.That(each.LostSamples(Kind.Transaction, Row.Project, new TimeRange(0, Start)), Is.Zero, "another time");
            Assert.That(each.BlockCount, Is.EqualTo(isWanted ? 1 : 2));
        }

        Assert.That(_test.Disk.Exists(damaged), Is.Not.EqualTo(isWanted));
        Assert.That(_test.Instruments.Damage.Quarantined, Is.EqualTo(isWanted ? 1 : 0));
        if (isWanted)
        {
            string expected = StoreResults.Expected(_test.Rows.GetRange(RowCount, RowCount), _everything);
            Assert.That(await StoreResults.OfAsync(reopened, _everything), Is.EqualTo(expected));
        }
    }

    [Test]
    public async Task What_the_disk_can_not_read_stays_in_its_place()
    {
        _test.Options = new EmbeddedStoreOptions { QuarantinesDamaged = true };
        await SealAsync(1);
        _test.Disk.BreakSectors(_test.BlockFiles.Single(), BlockFormat.HeaderBytes, 10);
        await using EmbeddedStore store = _test.Open();
        store.Maintenance.ScrubNext(CancellationToken.None);
        Assert.That(store.BlockCount, Is.EqualTo(1));
        Assert.That(_test.Instruments.Damage.Found, Is.Not.Empty);
    }

    private async Task SealAsync(int seed)
    {
        await _test.WriteAsync(RowGenerator.Transactions(seed, RowCount, 60_000, Start + seed * 60_000, Row.Project));
        await _test.Store.SealAsync();
    }

    private void Scrub()
    {
        while (_test.Store.Maintenance.ScrubNext(CancellationToken.None).Result == MaintenanceResult.Done)
        {
            _test.Clock.Advance(TimeSpan.FromDays(2));
        }
    }
}
