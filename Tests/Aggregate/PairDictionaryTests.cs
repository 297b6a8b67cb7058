using NUnit.Framework;
using TimeSeries.Core.Aggregate.Grouping;

namespace TimeSeries.Tests.Aggregate;

/// <summary>Pairs are numbered in the order of their coming, whether they stand in an array or in a hash table.</summary>
internal sealed class PairDictionaryTests
{
    // Few of each; many windows of few values; so many of both that the array is given up, at once or on the way.
    [TestCase(3, 5)]
    [TestCase(2_000, 400)]
    [TestCase(400, 2_000)]
    [TestCase(100_000, 100_000)]
    [TestCase(1, 3_000_000)]
    public void Each_pair_has_one_number(int lefts, int rights)
    {
        Random random = new(lefts);
        PairDictionary table = new();
        for (int use = 0; use < 2; use++)
        {
            Dictionary<(int, int), int> expected = [];
            for (int batch = 0; batch < 60; batch++)
            {
                // Like windows: they come one after the other, and some again.
                int[] left = [.. Enumerable.Range(0, 1_000).Select(i => random.Next(10) == 0 ? random.Next(lefts) : (int)((long)lefts * batch / 60))];
                int[] right = [.. Enumerable.Range(0, 1_000).Select(_ => random.Next((int)Math.Min(rights, 1L << random.Next(1, 22))))];
                int[] numbers = [.. left.Zip(right).Select(pair => expected.TryAdd(pair, expected.Count) ? expected.Count - 1 : expected[pair])];

                table.Join(left, right);

                Assert.That(left, Is.EqualTo(numbers));
            }

            Assert.That(table.Count, Is.EqualTo(expected.Count));
            Assert.That(expected.Select(pair => (table.LeftOf(pair.Value), table.RightOf(pair.Value))), Is.EqualTo(expected.Keys));
            table.Clear();
        }
    }
}
