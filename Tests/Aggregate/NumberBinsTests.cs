using System.Collections.Immutable;
using NUnit.Framework;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Tests.Aggregate;

public class NumberBinsTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(100)]
    [TestCase(500)]
    public void A_number_lies_in_the_bin_of_the_last_edge_that_is_not_above_it(int edgeCount)
    {
        Random random = new(edgeCount);
        foreach (int bits in (int[])[14, 24, 40, 62])
        {
            foreach (long lowest in (long[])[0, 1, -(1L << (bits - 1)), long.MinValue])
            {
                SortedSet<long> edges = [lowest, long.MaxValue];
                while (edges.Count < edgeCount)
                {
                    edges.Add(Math.Max(lowest, random.NextInt64(1L << bits) - (lowest < 0 ? 1L << (bits - 1) : 0)));
                }

                ImmutableArray<long> bins = [.. edges.Take(edgeCount)];
                IEnumerable<long> near = bins.SelectMany(
                    edge => (long[])[edge == long.MinValue ? edge : edge - 1, edge, edge == long.MaxValue ? edge : edge + 1]);
                IEnumerable<long> far = Enumerable.Range(0, 64).Select(shift => random.NextInt64() >> shift);
                long[] numbers = [.. near, .. far, .. far.Select(number => -number), 0, 1, 31, 32, 63, 64, long.MaxValue, long.MinValue];
                NumberBins tested = new(bins);
                Assert.That(numbers.Select(tested.IndexOf), Is.EqualTo(numbers.Select(number => BinOf(bins, number))));
            }
        }
    }

    // As the contract of bins says it, with nothing looked up.
    private static int BinOf(ImmutableArray<long> edges, long number)
    {
        int bin = 0;
        for (int i = 1; i < edges.Length && edges[i] <= number; i++)
        {
            bin = i;
        }

        return bin;
    }
}
