using NUnit.Framework;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;

namespace TimeSeries.Tests.Storage.Blocks;

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
            cache.AddDecoded(random.Next(10), random.Next(1_000), value, value.Length);
            Assert.That(cache.Bytes, Is.LessThanOrEqualTo(100_000));
        }
    }

    [Test]
    public void What_was_used_longest_ago_goes_first()
    {
        ChunkCache cache = new(100_000);
        for (int offset = 0; offset < 80; offset++)
        {
            cache.AddDecoded(1, offset, "first", 1_000);
        }

        for (int turn = 0; turn < 10; turn++)
        {
            for (int offset = 0; offset < 40; offset++)
            {
                cache.Find<string>(1, offset);
            }
        }

        for (int offset = 0; offset < 30; offset++)
        {
            cache.AddDecoded(2, offset, "second", 1_000);
        }

        Assert.That(Enumerable.Range(0, 40).Select(offset => cache.Find<string>(1, offset)), Is.All.EqualTo("first"));
        Assert.That(Enumerable.Range(0, 30).Select(offset => cache.Find<string>(2, offset)), Is.All.EqualTo("second"));
        Assert.That(Enumerable.Range(40, 30).Count(offset => cache.Find<string>(1, offset) is null), Is.InRange(20, 25), "as many as the second ones needed");
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
                found[pass] += Finds(cache, block: 1, offset) ? 1 : 0;
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
            Finds(cache, block: 1, offset);
        }

        int[] found = new int[40];
        for (int pass = 0; pass < found.Length; pass++)
        {
            for (int offset = 0; offset < 80; offset++)
            {
                found[pass] += Finds(cache, block: 2, offset) ? 1 : 0;
            }
        }

        Assert.That(found[0], Is.Zero);
        Assert.That(found[^1], Is.EqualTo(80));
    }

    [Test]
    public void What_was_decoded_takes_the_place_of_chunks_however_lately_they_were_used()
    {
        ChunkCache cache = new(100_000);
        for (int offset = 0; offset < 300; offset++)
        {
            Finds(cache, block: 1, offset);
        }

        for (int offset = 0; offset < 86; offset++)
        {
            cache.AddDecoded(2, offset, "decoded", 1_000);
        }

        Assert.That(Enumerable.Range(0, 86).Select(offset => cache.Find<string>(2, offset)), Is.All.EqualTo("decoded"));
        Assert.That(Enumerable.Range(0, 300).Select(offset => cache.Find<byte[]>(1, offset)), Is.All.Null);
    }

    [Test]
    public void What_was_decoded_takes_the_place_of_such_that_was_not_used_for_some_time()
    {
        ChunkCache cache = new(100_000);
        for (int offset = 0; offset < 86; offset++)
        {
            cache.AddDecoded(1, offset, "first", 1_000);
        }

        int times = 0;
        do
        {
            times++;
            Assert.That(cache.HasRoomFor(1_000), Is.False, "a chunk waits longer");
            cache.AddDecoded(2, times, "second", 1_000);
        }
        while (cache.Find<string>(2, times) is null);

        Assert.That(times, Is.InRange(55, 60), "each time it is asked for 2,000 bytes; the first was not used for 200,000 then");
    }

    [Test]
    public void Nothing_is_kept_where_there_is_no_memory_for_it()
    {
        ChunkCache cache = new(0);
        for (int times = 0; times < 3; times++)
        {
            Assert.That(Finds(cache, 1, 1), Is.False);
            cache.AddDecoded(1, 2, "decoded", 10);
        }

        Assert.That((cache.Bytes, cache.Find<string>(1, 2)), Is.EqualTo((0L, (string?)null)));
    }

    [Test]
    public void A_block_that_is_gone_is_forgotten()
    {
        ChunkCache cache = new(3_000);
        cache.AddDecoded(1, 1, "one", 10);
        cache.AddDecoded(2, 1, "two", 10);
        cache.Remove(1);
        Assert.That((cache.Find<string>(1, 1), cache.Find<string>(2, 1)), Is.EqualTo(((string?)null, "two")));
    }

    // As blocks ask for a chunk; whether it was there.
    private static bool Finds(ChunkCache cache, long block, long offset)
    {
        if (cache.Find<byte[]>(block, offset) is not null)
        {
            return true;
        }

        if (cache.HasRoomFor(1_000))
        {
            cache.Add(block, offset, new byte[1_000]);
        }

        return false;
    }
}
