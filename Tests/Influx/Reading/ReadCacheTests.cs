using NUnit.Framework;
using TimeSeries.Core.Storage.Influx.Reading;

namespace TimeSeries.Tests.Influx.Reading;

/// <summary>What readers keep is bounded by bytes; the longest unused goes first.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ReadCacheTests
{
    [Test]
    public void What_was_not_asked_for_the_longest_goes_first()
    {
        BoundedCache<int, string> cache = new(10, text => text.Length);
        cache.Set(1, "aaaa");
        cache.Set(2, "bbbb");
        cache.Find(1);
        cache.Set(3, "cccc");
        Assert.That((cache.Find(1), cache.Find(2), cache.Find(3)), Is.EqualTo(("aaaa", (string?)null, "cccc")));
    }

    [Test]
    public void A_value_in_place_of_another_takes_only_its_own_room()
    {
        BoundedCache<int, string> cache = new(10, text => text.Length);
        cache.Set(1, "aaaa");
        cache.Set(2, "bbbbbbbb");
        cache.Set(2, "bb");
        cache.Set(3, "cccccccc");
        Assert.That((cache.Find(2), cache.Find(3)), Is.EqualTo(("bb", "cccccccc")));
    }

    [Test]
    public void What_is_removed_is_gone_and_frees_its_room()
    {
        BoundedCache<int, string> cache = new(8, text => text.Length);
        cache.Set(1, "aaaa");
        cache.Set(2, "bbbb");
        cache.Remove(1);
        cache.Set(3, "cccc");
        Assert.That((cache.Find(1), cache.Find(2), cache.Find(3)), Is.EqualTo(((string?)null, "bbbb", "cccc")));
    }
}
