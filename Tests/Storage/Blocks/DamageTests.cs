using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Blocks;

[TestFixture]
public sealed class DamageTests
{
    private const long Start = 1_674_950_400_000;
    private const long Day = 86_400_000;

    private static readonly SampleQuery _everything = StoreResults.ByTxid(1, TimeRange.All) with { UseRollups = false };

    // A range that cuts the first chunk, so that its times are read.
    private static readonly SampleQuery _butTheFirst = _everything with { Range = new TimeRange(Start + 1, long.MaxValue) };

    private StoreUnderTest _test = null!;

    [SetUp]
    public async Task SetUp()
    {
        _test = new StoreUnderTest();
        await _test.WriteAsync(RowGenerator.Transactions(1, 150, 1_000_000, Start));
        await _test.Store.SealAsync();
    }

    [TearDown]
    public async Task TearDown() => await _test.DisposeAsync();

    [Test]
    public void A_flipped_bit_anywhere_never_changes_a_result()
    {
        string block = _test.BlockFiles.Single();
        byte[] whole = _test.Disk.Bytes(block);
        string expected = StoreResults.Expected(_test.Rows, _everything);
        Assert.Multiple(async () =>
        {
            for (int offset = 0; offset < whole.Length; offset += 13)
            {
                _test.Disk.Corrupt(block, offset, (byte)(whole[offset] ^ 0x10));
                await using EmbeddedStore store = _test.Open();
                try
                {
                    Assert.That(await StoreResults.OfAsync(store, _everything), Is.EqualTo(expected));
                }
                catch (DamagedFileException damage)
                {
                    Assert.That(damage.Path, Is.EqualTo(block));
                }

                _test.Disk.Corrupt(block, offset, whole[offset]);
            }
        });
    }

    [Test]
    public async Task A_damaged_chunk_is_named_and_counted()
    {
        string block = _test.BlockFiles.Single();
        // The first chunk, of times, begins behind the header.
        _test.Disk.Corrupt(block, BlockFormat.HeaderBytes + 3, 0xFF);
        await using EmbeddedStore store = _test.Open();
        Assert.That(async () => await store.QueryAsync(_butTheFirst, CancellationToken.None),
            Throws.TypeOf<DamagedFileException>().With.Property("Path").EqualTo(block).And.Property("Offset").EqualTo((long)BlockFormat.HeaderBytes));
    }

    [Test]
    public async Task A_bad_sector_is_one_querys_error()
    {
        await _test.WriteAsync(Row.Transaction(1, Start + 20 * Day, "later", 1));
        await _test.Store.SealAsync();
        _test.Disk.BreakSectors(_test.BlockFiles.First(), BlockFormat.HeaderBytes, 10);
        await using EmbeddedStore store = _test.Open();
        Assert.That(async () => await store.QueryAsync(_butTheFirst, CancellationToken.None), Throws.TypeOf<DamagedFileException>());
        Assert.That(await StoreResults.OfAsync(store, StoreResults.ByService(1, new TimeRange(Start + 20 * Day, long.MaxValue))),
            Is.EqualTo("0 =later n=1 sum=1 min=1 max=1 errors=0"));
    }

    [Test]
    public async Task A_damaged_block_does_not_keep_its_neighbours_from_being_merged()
    {
        for (int seed = 2; seed < 4; seed++)
        {
            await _test.WriteAsync(RowGenerator.Transactions(seed, 50, 1_000_000, Start));
            await _test.Store.SealAsync();
        }

        _test.Disk.Corrupt(_test.BlockFiles.First(), BlockFormat.HeaderBytes + 3, 0xFF);
        await using EmbeddedStore store = _test.Open();
        await store.CompactAsync();
        Assert.That(store.BlockCount, Is.EqualTo(2));
    }

    [Test]
    public async Task A_block_file_of_no_bytes_stops_no_start_and_is_named()
    {
        string block = _test.BlockFiles.Single();
        using (_test.Disk.Create(block))
        {
        }

        await using EmbeddedStore store = _test.Open();
        Assert.That(async () => await store.QueryAsync(_everything, CancellationToken.None),
            Throws.TypeOf<DamagedFileException>().With.Property("Path").EqualTo(block));
    }

    [Test]
    public async Task A_block_of_an_unknown_version_is_refused_by_name()
    {
        string block = _test.BlockFiles.Single();
        _test.Disk.Corrupt(block, 8, 9);
        await using EmbeddedStore store = _test.Open();
        Assert.That(async () => await store.QueryAsync(_everything, CancellationToken.None),
            Throws.TypeOf<DamagedFileException>().With.Message.Contains(block).And.Message.Contains("version is 9"));
    }

    [Test]
    public void A_manifest_whose_version_was_changed_is_damaged_and_not_of_another_version()
    {
        _test.Disk.Corrupt(StoreUnderTest.ManifestPath, 8, 9);
        Assert.That(() => _test.Open(),
            Throws.TypeOf<DamagedFileException>().With.Message.Contains(StoreUnderTest.ManifestPath).And.Message.Contains("checksum is wrong"));
    }

    [Test]
    public void A_damaged_manifest_is_refused()
    {
        int length = _test.Disk.Bytes(StoreUnderTest.ManifestPath).Length;
        _test.Disk.Corrupt(StoreUnderTest.ManifestPath, length - 10, 0xEE, 0xEE);
        Assert.That(() => _test.Open(), Throws.TypeOf<DamagedFileException>().With.Message.Contains("checksum"));
    }

    [Test]
    public void A_manifest_that_is_gone_while_there_are_blocks_deletes_none()
    {
        _test.Disk.Delete(StoreUnderTest.ManifestPath);
        Assert.That(() => _test.Open(), Throws.TypeOf<DamagedFileException>());
        Assert.That(_test.BlockFiles.Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task An_empty_manifest_without_blocks_is_a_first_start()
    {
        FaultyFileSystem disk = new();
        using (disk.Create(StoreUnderTest.ManifestPath))
        {
        }

        await using EmbeddedStore store = EmbeddedStore.Open(
            disk, StoreUnderTest.Folder, 1, new EmbeddedStoreOptions(), _ => 0, _test.Clock, _test.Instruments,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Assert.That(store.BlockCount, Is.Zero);
    }

    [Test]
    public void A_directory_of_another_node_is_refused() =>
        Assert.That(
            () => EmbeddedStore.Open(
                _test.Disk, StoreUnderTest.Folder, 1, new EmbeddedStoreOptions(), _ => 0, _test.Clock, _test.Instruments,
                Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance),
            Throws.TypeOf<DamagedFileException>().With.Message.Contains("another node"));
}
