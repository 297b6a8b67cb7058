using NUnit.Framework;
using TimeSeries.Core.Threads;

namespace TimeSeries.Tests.Threads;

public sealed class InboxTests
{
    private const int Senders = 4;
    private const int Items = 20_000;

    [Test]
    [CancelAfter(60_000)]
    public void Everything_that_many_threads_add_is_taken_once_and_each_thread_s_in_order()
    {
        Inbox<(int Sender, int Number)> inbox = new();
        int[] next = new int[Senders];
        bool inOrder = true;
        Thread taker = new(() =>
        {
            while (inbox.Wait())
            {
                while (inbox.TryTake(out (int Sender, int Number) item))
                {
                    inOrder &= item.Number == next[item.Sender]++;
                }
            }
        });
        taker.Start();
        Parallel.For(0, Senders, sender =>
        {
            for (int i = 0; i < Items; i++)
            {
                inbox.TryAdd((sender, i));
            }
        });
        inbox.Complete();
        taker.Join();
        Assert.That(inOrder, Is.True);
        Assert.That(next, Is.All.EqualTo(Items));
    }

    [Test]
    public void After_completion_what_is_in_is_taken_and_nothing_more_gets_in()
    {
        Inbox<string> inbox = new();
        inbox.TryAdd("first");
        inbox.Complete();
        Assert.Multiple(() =>
        {
            Assert.That(inbox.TryAdd("second"), Is.False);
            Assert.That(inbox.Wait(), Is.True);
            Assert.That(inbox.TryTake(out string? item), Is.True);
            Assert.That(item, Is.EqualTo("first"));
            Assert.That(inbox.IsEmpty, Is.True);
            Assert.That(inbox.Wait(), Is.False);
        });
    }

    [Test]
    [CancelAfter(10_000)]
    public void A_ring_ends_a_wait_though_it_is_empty()
    {
        Inbox<string> inbox = new();
        inbox.Ring();
        Assert.That(inbox.Wait(), Is.True);
        Assert.That(inbox.IsEmpty, Is.True);
    }
}
