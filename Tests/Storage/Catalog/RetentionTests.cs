using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Threads;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Catalog;

[TestFixture]
public sealed class RetentionTests
{
    [Test]
    public async Task No_sample_older_than_its_retention_is_in_a_result()
    {
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { Retention = _ => TimeSpan.FromDays(1) });
        long edge = test.Now - 86_400_000;
        await test.WriteAsync(Row.Transaction(1, edge - 1, "gone", 1), Row.Transaction(1, edge, "kept", 1));
        string expected = "0 =kept n=1 sum=1 min=1 max=1 errors=0";
        Assert.That(await StoreResults.OfAsync(test.Store, StoreResults.ByService(1, TimeRange.All)), Is.EqualTo(expected), "in the head");
        await test.Store.SealAsync();
        await test.Store.RetainAsync();
        Assert.That(await StoreResults.OfAsync(test.Store, StoreResults.ByService(1, TimeRange.All)), Is.EqualTo(expected), "in a block");
    }

    [Test]
    public async Task A_block_past_its_retention_is_deleted_whole()
    {
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { Retention = _ => TimeSpan.FromDays(1) });
        await test.WriteAsync(Row.Transaction(1, test.Now, "a", 1));
        await test.Store.SealAsync();
        test.Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMilliseconds(1));
        await test.Store.RetainAsync();
        Assert.That(test.BlockFiles, Is.Empty);
    }

    [Test]
    public async Task Each_kind_has_its_own_retention()
    {
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { Retention = kind => kind == Kind.Alert ? null : TimeSpan.FromDays(1) });
        await test.WriteAsync(Row.Transaction(1, test.Now, "a", 1));
        await test.WriteAlertAsync(1, Guid.NewGuid());
        await test.Store.SealAsync();
        test.Clock.Advance(TimeSpan.FromDays(2));
        await test.Store.RetainAsync();
        Assert.That(test.BlockFiles.Single(), Does.Contain("alert-"));
    }

    [Test]
    public async Task Over_its_size_the_store_loses_its_oldest_blocks()
    {
        await using StoreUnderTest test = new();
        foreach (string service in new[] { "oldest", "middle", "newest" })
        {
            test.Clock.Advance(TimeSpan.FromHours(1));
            await test.WriteAsync(Row.Transaction(1, test.Now, service, 1));
            await test.Store.SealAsync();
        }

        long two = test.Store.BlockBytes * 2 / 3;
        await test.Store.DisposeAsync();
        test.Options = new EmbeddedStoreOptions { MaxBytes = two };
        await test.KillAndReplayAsync();
        await test.Store.RetainAsync();
        Assert.That(await StoreResults.OfAsync(test.Store, StoreResults.ByService(1, TimeRange.All)),
            Does.StartWith("0 =middle").And.Contain("=newest").And.Not.Contain("=oldest"));
    }

    [Test]
    public async Task A_block_is_deleted_when_its_last_reader_has_left()
    {
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { Retention = _ => TimeSpan.FromDays(1) });
        await test.WriteAsync(Row.Transaction(1, test.Now, "a", 1));
        await test.Store.SealAsync();
        await using EmbeddedStore other = test.Open();
        BlockEntry entry = Manifest.Read(test.Disk, StoreUnderTest.ManifestPath, StoreUnderTest.NodeId)!.Blocks[0];
        Block block = new(StoreUnderTest.Context(test.Disk, test.Instruments), test.BlockFiles.Single(), entry);
        Assert.That(block.TryPin(), Is.True);
        block.Retire(CooperativeYield.Urgent);
        Assert.That(block.Open().Index.Sections, Has.Length.EqualTo(1), "still readable");
        block.Release();
        Assert.That(test.BlockFiles, Is.Empty);
        Assert.That(block.TryPin(), Is.False);
    }
}
