using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Catalog;

/// <summary>Block files that the manifest does not name, and blocks that it names and that are missing.</summary>
public sealed class StrayBlockTests
{
    private const long Start = 1_674_950_400_000;

    private StoreUnderTest _test = null!;

    [SetUp]
    public void SetUp() => _test = new StoreUnderTest();

    [TearDown]
    public async Task TearDown() => await _test.DisposeAsync();

    [Test]
    public async Task Unfinished_files_are_deleted()
    {
        await SealAsync(1);
        using (_test.Disk.Create(StoreUnderTest.Blocks + "/transaction-0000000000000100.block.tmp"))
        {
        }

        await using EmbeddedStore store = _test.Open();
        Assert.That(_test.Disk.List(StoreUnderTest.Blocks), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task After_an_older_manifest_came_back_newer_blocks_go_to_quarantine_unless_the_log_has_their_samples([Values] bool logIsWhole)
    {
        await SealAsync(1);
        byte[] older = _test.Disk.Bytes(StoreUnderTest.ManifestPath);
        await SealAsync(2);
        string newer = _test.BlockFiles.Last();
        PutBack(older);
        await using EmbeddedStore store = _test.Open();
        long greatest = store.ReportStrays(logIsWhole);
        Assert.That(_test.Disk.Exists(newer), Is.True, "Nothing is moved before the start decides.");
        store.RemoveStrays();
        Assert.Multiple(() =>
        {
            Assert.That(_test.Disk.Exists(newer), Is.False);
            Assert.That(_test.Disk.List(StoreUnderTest.Quarantine), logIsWhole ? Is.Empty : Is.EqualTo(new[] { Quarantined(newer) }));
            Assert.That(greatest, Is.EqualTo(logIsWhole ? -1 : _test.Rows.Count - 1));
            Assert.That(Places(), logIsWhole ? Is.Empty : Is.EqualTo(new[] { (newer, 0L) }));
        });
    }

    [Test]
    public async Task After_an_older_manifest_came_back_a_merged_block_goes_to_quarantine_and_its_sources_are_missing()
    {
        await SealAsync(1);
        await SealAsync(2);
        byte[] older = _test.Disk.Bytes(StoreUnderTest.ManifestPath);
        string[] sources = [.. _test.BlockFiles];
        await _test.Store.CompactAsync();
        string merged = _test.BlockFiles.Single();
        PutBack(older);
        await using EmbeddedStore store = _test.Open();
        store.ReportStrays(logIsWhole: true);
        store.RemoveStrays();
        Assert.Multiple(() =>
        {
            Assert.That(_test.Disk.List(StoreUnderTest.Quarantine), Is.EqualTo(new[] { Quarantined(merged) }));
            Assert.That(Places(), Is.EqualTo(sources.Select(source => (source, 10L)).Append((merged, 0L))));
            Assert.That(_test.Instruments.Damage.Summary, Is.EqualTo(
                "Damage was found in files: block 3. The log names each place and what is lost. Files in quarantine: 1."));
        });
    }

    [Test]
    public async Task A_block_that_can_not_be_read_is_not_deleted()
    {
        await SealAsync(1);
        string stray = Path.Combine(StoreUnderTest.Blocks, BlockFormat.FileName(Kind.Transaction, 0xFF));
        using (IFile file = _test.Disk.Create(stray))
        {
            file.Write("no block"u8, 0);
        }

        await using EmbeddedStore store = _test.Open();
        store.ReportStrays(logIsWhole: true);
        store.RemoveStrays();
        Assert.That(_test.Disk.List(StoreUnderTest.Quarantine), Is.EqualTo(new[] { Quarantined(stray) }));
    }

    [Test]
    public async Task The_name_of_a_file_in_quarantine_is_not_used_again()
    {
        await SealAsync(1);
        byte[] older = _test.Disk.Bytes(StoreUnderTest.ManifestPath);
        await SealAsync(2);
        string newer = _test.BlockFiles.Last();
        PutBack(older);
        await using EmbeddedStore store = _test.Open();
        store.ReportStrays(logIsWhole: false);
        store.RemoveStrays();
        await store.WriteAsync(Row.BatchOf([Row.Transaction(1, Start, "/a", 1)], 100), new(99), CancellationToken.None);
        await store.SealAsync();
        Assert.That(_test.BlockFiles.Select(Quarantined), Does.Not.Contain(Quarantined(newer)));
    }

    [Test]
    public async Task A_file_that_a_cut_between_manifest_and_move_left_goes_to_quarantine()
    {
        _test.Options = new EmbeddedStoreOptions { QuarantinesDamaged = true };
        await SealAsync(1);
        string damaged = _test.BlockFiles.Single();
        _test.Disk.Corrupt(damaged, BlockFormat.HeaderBytes + 3, 0xFF);
        await using EmbeddedStore cut = _test.Open();
        _test.Disk.Fail(FileOperation.Move, skip: 1);
        cut.Maintenance.ScrubNext(CancellationToken.None);
        Assert.That(_test.Disk.Exists(damaged), Is.True, "The move of the manifest worked, that of the file did not.");
        await using EmbeddedStore store = _test.Open();
        store.ReportStrays(logIsWhole: true);
        store.RemoveStrays();
        Assert.Multiple(() =>
        {
            Assert.That(_test.Disk.List(StoreUnderTest.Quarantine), Is.EqualTo(new[] { Quarantined(damaged) }));
            Assert.That(store.LostSamples(Kind.Transaction, Row.Project, TimeRange.All), Is.EqualTo(10));
        });
    }

    private async Task SealAsync(int seed)
    {
        await _test.WriteAsync(RowGenerator.Transactions(seed, 10, 60_000, Start + seed * 60_000, Row.Project));
        await _test.Store.SealAsync();
    }

    private void PutBack(byte[] manifest)
    {
        using IFile file = _test.Disk.Create(StoreUnderTest.ManifestPath);
        file.Write(manifest, 0);
    }

    private IEnumerable<(string Path, long Samples)> Places() => _test.Instruments.Damage.Found.Select(damage => (damage.Path, damage.Samples));

    private static string Quarantined(string path) => Path.Combine(StoreUnderTest.Quarantine, Path.GetFileName(path));
}
