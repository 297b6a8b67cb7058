using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Catalog;

/// <summary>A project whose samples are kept for a shorter time than those of others.</summary>
[TestFixture]
public sealed class ApartTests
{
    private const long Apart = 77;
    private static readonly TimeSpan _kept = TimeSpan.FromDays(7);

    [Test]
    public async Task Its_samples_are_gone_after_its_time_and_those_of_others_stay()
    {
        await using StoreUnderTest test = Make();
        for (int i = 0; i < 3; i++)
        {
            await test.WriteAsync(Row.Transaction(1, test.Now, "user", 1));
            await test.WriteAsync(Row.Transaction(Apart, test.Now, "self", 1));
            await test.Store.SealAsync();
        }

        await test.Store.CompactAsync();
        Assert.That(test.BlockFiles.Count(), Is.EqualTo(2), "a block for each");
        test.Clock.Advance(_kept);
        await test.Store.RetainAsync();
        Assert.That(await OfAsync(test, Apart), Is.EqualTo("0 =self n=3 sum=3 min=1 max=1 errors=0"), "at the edge");
        test.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(await OfAsync(test, Apart), Is.Empty, "before they are deleted");
        await test.Store.RetainAsync();

        Assert.That(test.BlockFiles.Count(), Is.EqualTo(1));
        Assert.That(await OfAsync(test, 1), Is.EqualTo("0 =user n=3 sum=3 min=1 max=1 errors=0"));
    }

    [Test]
    public async Task A_restart_finds_its_blocks()
    {
        await using StoreUnderTest test = Make();
        await test.WriteAsync(Row.Transaction(1, test.Now, "user", 1));
        await test.WriteAsync(Row.Transaction(Apart, test.Now, "self", 1));
        await test.Store.SealAsync();
        await test.KillAndReplayAsync();
        test.Clock.Advance(_kept + TimeSpan.FromMilliseconds(1));
        await test.Store.RetainAsync();

        Assert.That(test.BlockFiles.Count(), Is.EqualTo(1));
        Assert.That(await OfAsync(test, 1), Is.EqualTo("0 =user n=1 sum=1 min=1 max=1 errors=0"));
    }

    [Test]
    public async Task A_shorter_retention_of_the_kind_wins()
    {
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { Retention = _ => TimeSpan.FromDays(1), Apart = new ProjectRetention(Apart, _kept) });
        await test.WriteAsync(Row.Transaction(Apart, test.Now, "self", 1));
        test.Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMilliseconds(1));

        Assert.That(await OfAsync(test, Apart), Is.Empty);
    }

    [Test]
    public async Task Blocks_from_before_that_hold_both_are_deleted_with_the_others()
    {
        await using StoreUnderTest test = new();
        await test.WriteAsync(Row.Transaction(1, test.Now, "user", 1));
        await test.WriteAsync(Row.Transaction(Apart, test.Now, "self", 1));
        await test.Store.SealAsync();
        test.Options = new EmbeddedStoreOptions { Apart = new ProjectRetention(Apart, _kept) };
        await test.KillAndReplayAsync();
        test.Clock.Advance(TimeSpan.FromDays(8));
        await test.Store.RetainAsync();

        Assert.That(await OfAsync(test, 1), Is.EqualTo("0 =user n=1 sum=1 min=1 max=1 errors=0"));
        Assert.That(await OfAsync(test, Apart), Is.Empty);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_store_with_its_samples_only_has_none_of_users(bool isSealed)
    {
        await using StoreUnderTest test = Make();
        Assert.That(test.Store.HasSamples, Is.False, "empty");
        await test.WriteAsync(Row.Transaction(Apart, test.Now, "self", 1));
        await SealAsync();
        Assert.That(test.Store.HasSamples, Is.False, "its samples only");
        await test.WriteAsync(Row.Transaction(1, test.Now, "user", 1));
        await SealAsync();
        Assert.That(test.Store.HasSamples, Is.True, "a sample of a user");

        Task SealAsync() => isSealed ? test.Store.SealAsync() : Task.CompletedTask;
    }

    private static StoreUnderTest Make() => new(new EmbeddedStoreOptions { Apart = new ProjectRetention(Apart, _kept) });

    private static Task<string> OfAsync(StoreUnderTest test, long pcode) => StoreResults.OfAsync(test.Store, StoreResults.ByService(pcode, TimeRange.All));
}
