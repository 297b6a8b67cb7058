using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Catalog;

/// <summary>The files that a hold has stay as they are, whatever the store does meanwhile.</summary>
internal sealed class StoreHoldTests
{
    [Test]
    public async Task Merged_blocks_stay_until_the_hold_is_over()
    {
        await using StoreUnderTest store = new();
        await SealTwiceAsync(store);
        StoreHold hold = store.Store.Hold();
        FilePart[] blocks = [.. hold.Blocks];
        byte[][] before = [.. blocks.Select(block => store.Disk.Bytes(block.Path))];
        await store.Store.CompactAsync();
        byte[][] after = [.. blocks.Select(block => store.Disk.Bytes(block.Path))];
        hold.Dispose();
        Assert.Multiple(() =>
        {
            Assert.That(blocks, Has.Length.EqualTo(2));
            Assert.That(after, Is.EqualTo(before));
            Assert.That(blocks.Select(block => block.Bytes), Is.EqualTo(before.Select(bytes => (long)bytes.Length)));
            Assert.That(blocks.Where(block => store.Disk.Exists(block.Path)), Is.Empty);
            Assert.That(store.BlockFiles.Count(), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Its_manifest_is_the_one_of_then()
    {
        await using StoreUnderTest store = new();
        await SealTwiceAsync(store);
        byte[] before = store.Disk.Bytes(StoreUnderTest.ManifestPath);
        using StoreHold hold = store.Store.Hold();
        await store.Store.CompactAsync();
        Assert.That(hold.Manifest.ToArray(), Is.EqualTo(before));
        Assert.That(store.Disk.Bytes(StoreUnderTest.ManifestPath), Is.Not.EqualTo(before));
    }

    private static async Task SealTwiceAsync(StoreUnderTest store)
    {
        for (int i = 0; i < 2; i++)
        {
            await store.WriteAsync(new Row(Kind.Thread, store.Now - (2 - i) * 1_000) { Pcode = 1 }.With("count", 4));
            await store.Store.SealAsync();
        }
    }
}
