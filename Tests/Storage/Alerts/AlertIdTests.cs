using NUnit.Framework;
using TimeSeries.Core.Storage.Embedded.Alerts;

namespace TimeSeries.Tests.Storage.Alerts;

[TestFixture]
public sealed class AlertIdTests
{
    private static readonly Guid _id = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e");

    [Test]
    public async Task An_alert_is_known_in_the_head_in_a_block_merged_and_after_a_restart()
    {
        await using StoreUnderTest test = new();
        Assert.That(test.Store.HasAlert(1, _id), Is.False, "before");
        await test.WriteAlertAsync(1, _id);
        Assert.That(test.Store.HasAlert(1, _id), Is.True, "in the head");
        await test.Store.SealAsync();
        Assert.That(test.Store.HasAlert(1, _id), Is.True, "in a block");
        await test.WriteAlertAsync(1, Guid.NewGuid());
        await test.Store.SealAsync();
        await test.Store.CompactAsync();
        Assert.That(test.Store.HasAlert(1, _id), Is.True, "merged");
        await test.KillAndReplayAsync();
        Assert.That(test.Store.HasAlert(1, _id), Is.True, "after a restart");
    }

    [Test]
    public async Task Another_projects_alert_is_not_known()
    {
        await using StoreUnderTest test = new();
        await test.WriteAlertAsync(1, _id);
        await test.Store.SealAsync();
        await test.WriteAlertAsync(2, Guid.NewGuid());
        Assert.That(test.Store.HasAlert(2, _id), Is.False);
    }

    [Test]
    public void The_filter_forgets_no_id_and_mostly_knows_strangers()
    {
        Random random = new(1);
        Guid[] ids = [.. Enumerable.Range(0, 10_000).Select(_ => NextGuid(random))];
        byte[] filter = AlertIds.MakeFilter(ids.Length);
        foreach (Guid id in ids)
        {
            AlertIds.Add(filter, 1, id);
        }

        Assert.That(ids.Count(id => AlertIds.MayContain(filter, 1, id)), Is.EqualTo(ids.Length));
        // The theory says 0.8 % at ten bits and seven probes.
        Assert.That(Enumerable.Range(0, 10_000).Count(_ => AlertIds.MayContain(filter, 1, NextGuid(random))), Is.LessThan(200));
    }

    private static Guid NextGuid(Random random)
    {
        byte[] bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
