using NUnit.Framework;
using TimeSeries.Core.Threads;
using TimeSeries.Tests.Support;

namespace TimeSeries.Tests.Threads;

public sealed class BlockingChannelTests
{
    private const int Senders = 4;
    private const int Items = 20_000;

    [Test]
    [CancelAfter(60_000)]
    public void Everything_that_many_threads_write_is_read_once_and_each_thread_s_in_order()
    {
        BlockingChannel<(int Sender, int Number)> channel = new();
        int[] next = new int[Senders];
        bool inOrder = true;
        Thread reader = new(() =>
        {
            while (channel.WaitToRead())
            {
                while (channel.TryRead(out (int Sender, int Number) item))
                {
                    inOrder &= item.Number == next[item.Sender]++;
                }
            }
        });
        reader.Start();
        Parallel.For(0, Senders, sender =>
        {
            for (int i = 0; i < Items; i++)
            {
                channel.TryWrite((sender, i));
            }
        });
        channel.Complete();
        reader.Join();
        Assert.That(inOrder, Is.True);
        Assert.That(next, Is.All.EqualTo(Items));
    }

    [Test]
    public void After_completion_what_is_in_is_read_and_nothing_more_gets_in()
    {
        BlockingChannel<string> channel = new();
        channel.TryWrite("first");
        channel.Complete();
        Assert.Multiple(() =>
        {
            Assert.That(channel.TryWrite("second"), Is.False);
            Assert.That(channel.WaitToRead(), Is.True);
            Assert.That(channel.TryRead(out string? item), Is.True);
            Assert.That(item, Is.EqualTo("first"));
            Assert.That(channel.IsEmpty, Is.True);
            Assert.That(channel.WaitToRead(), Is.False);
        });
    }

    [Test]
    [CancelAfter(10_000)]
    public void A_ring_ends_a_wait_though_it_is_empty()
    {
        BlockingChannel<string> channel = new();
        channel.Ring();
        Assert.That(channel.WaitToRead(), Is.True);
        Assert.That(channel.IsEmpty, Is.True);
    }

    [Test]
    [CancelAfter(10_000)]
    public async Task A_ring_before_the_wait_is_kept_and_two_are_one()
    {
        BlockingChannel<string> channel = new();
        channel.Ring();
        channel.Ring();
        channel.WaitToRead();
        bool woke = false;
        Thread sleeper = new(() =>
        {
            channel.WaitToRead();
            Volatile.Write(ref woke, true);
        });
        sleeper.Start();
        await Eventually.IsTrueAsync(() => (sleeper.ThreadState & (ThreadState.WaitSleepJoin | ThreadState.Stopped)) != 0);
        Assert.That(Volatile.Read(ref woke), Is.False);
        channel.Ring();
        sleeper.Join();
        Assert.That(woke, Is.True);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Two_threads_that_ring_each_other_never_sleep_through_a_ring()
    {
        BlockingChannel<string> there = new();
        BlockingChannel<string> back = new();
        int responses = 0;
        Thread other = new(() =>
        {
            for (int i = 0; i < Items; i++)
            {
                there.WaitToRead();
                responses++;
                back.Ring();
            }
        });
        other.Start();
        for (int i = 0; i < Items; i++)
        {
            there.Ring();
            back.WaitToRead();
        }

        other.Join();
        Assert.That(responses, Is.EqualTo(Items));
    }
}
