using NUnit.Framework;
using TimeSeries.Core.Storage.Embedded;

namespace TimeSeries.Tests.Storage;

[TestFixture]
public sealed class ChunkCacheTests
{
    [Test]
    public void It_never_holds_more_than_its_bound()
    {
        ChunkCache cache = new(100_000);
        Random random = new(1);
        for (int i = 0; i < 10_000; i++)
        {
            byte[] value = new byte[random.Next(60_000)];
            cache.Add(random.Next(10), random.Next(1_000), value, value.Length);
            Assert.That(cache.Bytes, Is.LessThanOrEqualTo(100_000));
        }
    }

    [Test]
    public void What_was_used_longest_ago_goes_first()
    {
        ChunkCache cache = new(3_000);
        cache.Add(1, 1, "old", 1_000);
        cache.Add(1, 2, "older", 1_000);
        cache.Find<string>(1, 1);
        cache.Add(1, 3, "new", 1_000);
        Assert.That((cache.Find<string>(1, 1), cache.Find<string>(1, 2), cache.Find<string>(1, 3)), Is.EqualTo(("old", (string?)null, "new")));
    }

    [Test]
    public void A_block_that_is_gone_is_forgotten()
    {
        ChunkCache cache = new(3_000);
        cache.Add(1, 1, "one", 10);
        cache.Add(2, 1, "two", 10);
        cache.Remove(1);
        Assert.That((cache.Find<string>(1, 1), cache.Find<string>(2, 1)), Is.EqualTo(((string?)null, "two")));
    }
}
