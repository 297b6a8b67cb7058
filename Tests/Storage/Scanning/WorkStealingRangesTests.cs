using NUnit.Framework;
using TimeSeries.Core.Storage.Embedded.Scanning;

namespace TimeSeries.Tests.Storage.Scanning;

/// <summary>Every range is dealt once, whichever thread is fast.</summary>
internal sealed class WorkStealingRangesTests
{
    [Test]
    public void Each_range_is_dealt_once([Values(1, 2, 7, 100)] int ranges, [Values(1, 2, 3, 8)] int threads, [Range(1, 3)] int seed)
    {
        Random random = new(seed);
        WorkStealingRanges shares = new(ranges, threads);
        List<int> dealt = [];
        HashSet<int> done = [];
        while (done.Count < threads)
        {
            // Some threads come more often than others.
            int thread = Math.Min(random.Next(threads), random.Next(threads));
            thread = random.Next(3) == 0 ? random.Next(threads) : thread;
            int range = shares.Take(thread);
            if (range < 0)
            {
                done.Add(thread);
            }
            else
            {
                dealt.Add(range);
            }
        }

        Assert.That(dealt, Is.EquivalentTo(Enumerable.Range(0, ranges)));
    }

    [TestCase(0, 5, 3)]
    [TestCase(2, 5, 1)]
    [TestCase(3, 5, 1)]
    [TestCase(0, 1, 2)]
    public void A_scan_is_helped_while_processors_are_free(int running, int helpers, int threads)
    {
        ScanParallelism all = new(3);
        for (int i = 0; i < running; i++)
        {
            all.Enter(0);
        }

        Assert.That(all.Enter(helpers), Is.EqualTo(threads));
    }
}
