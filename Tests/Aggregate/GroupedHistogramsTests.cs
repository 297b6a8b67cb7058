using NUnit.Framework;
using TimeSeries.Core.Aggregate.Measures;

namespace TimeSeries.Tests.Aggregate;

/// <summary>Counts of bins are those that were added, whether they stand in a grid or in a log, and in order.</summary>
internal sealed class GroupedHistogramsTests
{
    [TestCase(1, 40)]
    [TestCase(400, 300)]
    [TestCase(50_000, 300)]
    [TestCase(200, 2_200)]
    public void Every_count_comes_back(int groups, int bins)
    {
        Random random = new(groups + bins);
        GroupedHistograms counts = new();
        for (int use = 0; use < 2; use++)
        {
            SortedDictionary<(int Group, int Bin), long> expected = [];
            for (int batch = 1; batch <= 50; batch++)
            {
                // Groups become more, as they do in a scan.
                int known = Math.Max(1, groups * batch / 50);
                AddValues(counts, expected, random, known, bins);
                AddCounts(counts, expected, random, known, bins);
            }

            Assert.That(Read(counts, groups), Is.EqualTo(expected.Select(pair => (pair.Key.Group, pair.Key.Bin, pair.Value))));
            counts.Clear();
            Assert.That(counts.CountDistinct(), Is.Zero);
        }
    }

    [Test]
    public void Counts_that_come_in_order_are_kept_so()
    {
        GroupedHistograms counts = new();
        ushort[] bins = [3, 70, 2_000];
        for (int group = 0; group < 100_000; group++)
        {
            counts.Add(group, bins, [1, 2, 3], group + 1);
            counts.Add(group, bins.AsSpan(1), [10, 10], group + 1);
        }

        Assert.That(Read(counts, 100_000).Take(3), Is.EqualTo(new[] { (0, 3, 1L), (0, 70, 12L), (0, 2_000, 13L) }));
        Assert.That(counts.CountDistinct(), Is.EqualTo(300_000));
    }

    private static void AddValues(GroupedHistograms counts, SortedDictionary<(int, int), long> expected, Random random, int groups, int bins)
    {
        int[] groupOf = [.. Enumerable.Range(0, random.Next(2_000)).Select(_ => random.Next(groups))];
        ushort[] binOf = [.. groupOf.Select(_ => (ushort)random.Next(bins))];
        counts.Expect(groupOf.Length);
        counts.Add(groupOf, binOf, groups);
        foreach ((int group, ushort bin) in groupOf.Zip(binOf))
        {
            expected[(group, bin)] = expected.GetValueOrDefault((group, bin)) + 1;
        }
    }

    private static void AddCounts(GroupedHistograms counts, SortedDictionary<(int, int), long> expected, Random random, int groups, int bins)
    {
        int group = random.Next(groups);
        ushort[] some = [.. Enumerable.Range(0, bins).Where(_ => random.Next(3) == 0).Select(bin => (ushort)bin)];
        long[] added = [.. some.Select(_ => random.NextInt64(1, 1L << 40))];
        counts.Expect(some.Length);
        counts.Add(group, some, added, groups);
        foreach ((ushort bin, long count) in some.Zip(added))
        {
            expected[(group, bin)] = expected.GetValueOrDefault((group, bin)) + count;
        }
    }

    private static List<(int Group, int Bin, long Count)> Read(GroupedHistograms counts, int groups)
    {
        int distinct = counts.CountDistinct();
        int[] starts = new int[groups + 1];
        ushort[] bins = new ushort[distinct];
        long[] of = new long[distinct];
        counts.Sort(starts, bins, of);
        List<(int, int, long)> read = [];
        for (int group = 0; group < groups; group++)
        {
            for (int i = starts[group]; i < starts[group + 1]; i++)
            {
                read.Add((group, bins[i], of[i]));
            }
        }

        return read;
    }
}
