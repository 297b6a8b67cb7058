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
    public void A_scan_over_more_than_fits_finds_again_what_fits()
    {
        ChunkCache cache = new(100_000);
        int[] found = new int[10];
        for (int pass = 0; pass < found.Length; pass++)
        {
            for (int offset = 0; offset < 300; offset++)
            {
                found[pass] += Ask(cache, block: 1, offset) ? 1 : 0;
            }
        }

        Assert.That(found[0], Is.Zero);
        Assert.That(found[1..], Is.All.GreaterThan(80), "100,000 bytes are some 86 parts of 1,000 and what an entry costs");
    }

    [Test]
    public void A_chunk_takes_the_place_of_what_was_not_used_for_long()
    {
        ChunkCache cache = new(100_000);
        for (int offset = 0; offset < 300; offset++)
        {
            Ask(cache, block: 1, offset);
        }

        int[] found = new int[40];
        for (int pass = 0; pass < found.Length; pass++)
        {
            for (int offset = 0; offset < 80; offset++)
            {
                found[pass] += Ask(cache, block: 2, offset) ? 1 : 0;
            }
        }

        Assert.That(found[0], Is.Zero);
        Assert.That(found[^1], Is.EqualTo(80));
    }

    [Test]
    public void What_is_dear_to_decode_is_always_kept()
    {
        ChunkCache cache = new(3_000);
        cache.Add(1, 1, "chunk", 1_000);
        cache.Add(1, 2, "chunk", 1_000);
        Assert.That(cache.HasPlaceFor(1_000), Is.False);
        cache.Add(1, 3, "dictionary", 1_000);
        Assert.That(cache.Find<string>(1, 3), Is.EqualTo("dictionary"));
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

    // As blocks ask for a chunk; whether it was there.
    private static bool Ask(ChunkCache cache, long block, long offset)
    {
        if (cache.Find<object>(block, offset) is not null)
        {
            return true;
        }

        if (cache.HasPlaceFor(1_000))
        {
            cache.Add(block, offset, new object(), 1_000);
        }

        return false;
    }
}
