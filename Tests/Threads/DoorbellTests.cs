using NUnit.Framework;
using TimeSeries.Core.Threads;

namespace TimeSeries.Tests.Threads;

public sealed class DoorbellTests
{
    private const int Rings = 20_000;

    [Test]
    [CancelAfter(10_000)]
    public void A_ring_before_the_wait_is_kept_and_two_are_one()
    {
        Doorbell bell = new();
        bell.Ring();
        bell.Ring();
        bell.Wait();
        bool woke = false;
        Thread sleeper = new(() =>
        {
            bell.Wait();
            Volatile.Write(ref woke, true);
        });
        sleeper.Start();
        Assert.That(sleeper.Join(50), Is.False);
        Assert.That(Volatile.Read(ref woke), Is.False);
        bell.Ring();
        sleeper.Join();
        Assert.That(woke, Is.True);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Two_threads_that_ring_each_other_never_sleep_through_a_ring()
    {
        Doorbell there = new();
        Doorbell back = new();
        int answers = 0;
        Thread other = new(() =>
        {
            for (int i = 0; i < Rings; i++)
            {
                there.Wait();
                answers++;
                back.Ring();
            }
        });
        other.Start();
        for (int i = 0; i < Rings; i++)
        {
            there.Ring();
            back.Wait();
        }

        other.Join();
        Assert.That(answers, Is.EqualTo(Rings));
    }
}
