using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Ui.Data;

namespace TimeSeries.Tests.Ui.Data;

/// <summary>What an address shows.</summary>
public sealed class PageViewTests
{
    // 2026-03-08 06:45:00 UTC: 14:45... of the day on which clocks of St. John's go forward at 02:00 (05:30 UTC).
    private const long Now = 1_772_952_300_000;

    private const long Minute = 60_000;

    [TestCase("", 60)]
    [TestCase("?range=5m", 5)]
    [TestCase("?range=15m", 15)]
    [TestCase("?range=1d", 1_440)]
    [TestCase("?range=7d", 10_080)]
    [TestCase("?range=30d", 43_200)]
    [TestCase("?range=nonsense", 60)]
    [TestCase("?from=9&to=8", 60)]
    [TestCase("?from=-1&to=8", 60)]
    public void A_range_ends_now(string query, long minutes) =>
        Assert.That(PageView.Parse("map" + query).Resolve(Now, PageZone.Utc), Is.EqualTo(new TimeRange(Now - (minutes * Minute), Now)));

    [Test]
    public void Two_moments_are_a_range() => Assert.Multiple(() =>
    {
        PageView view = PageView.Parse("map?from=1000&to=5000&range=1d");
        Assert.That(view.Resolve(Now, PageZone.Utc), Is.EqualTo(new TimeRange(1_000, 5_000)));
        Assert.That(view.Range, Is.Empty);
        Assert.That(view.IsLive, Is.False);
    });

    [TestCase("UTC", "2026-03-08T00:00:00Z")]
    [TestCase("+09:00", "2026-03-07T15:00:00Z")]
    [TestCase("-03:30", "2026-03-08T03:30:00Z")]
    public void Today_begins_by_the_zone_that_is_shown(string zone, string start) => Assert.That(
        PageView.Parse("?range=today").Resolve(Now, PageZone.Of(zone, "", 0)).From,
        Is.EqualTo(DateTimeOffset.Parse(start, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds()));

    [TestCase("Asia/Seoul", 1_772_952_300_000, "2026-03-08 15:45:00.000")]
    [TestCase("America/St_Johns", 1_772_947_799_999, "2026-03-08 01:59:59.999")]
    [TestCase("America/St_Johns", 1_772_947_800_000, "2026-03-08 03:00:00.000")]
    public void Times_are_those_of_the_browser_s_zone_across_changes_of_clocks(string zone, long milliseconds, string shown) =>
        Assert.That(PageZone.Of("browser", zone, 0).Show(milliseconds), Is.EqualTo(shown));

    [Test]
    public void A_zone_that_the_machine_does_not_know_is_the_browser_s_offset() =>
        Assert.That(PageZone.Of("browser", "Mars/Olympus", -210).Show(0), Is.EqualTo("1969-12-31 20:30:00.000"));

    [TestCase("+25:00")]
    [TestCase("Mars")]
    [TestCase("+9")]
    public void What_is_no_zone_is_UTC(string zone) => Assert.That(PageZone.Of(zone, "Asia/Seoul", 540).Name, Is.EqualTo("UTC"));

    [Test]
    public void A_link_keeps_range_agent_and_zone_and_nothing_else()
    {
        PageView view = PageView.Parse("sql?range=7d&agent=a%26b%3Cc%3E&zone=UTC&q=select&sort=-max&page=3");
        Assert.That(view.To("map"), Is.EqualTo("map?agent=a%26b%3Cc%3E&range=7d&zone=UTC"));
        Assert.That(view.With(("page", "")), Is.EqualTo("sql?agent=a%26b%3Cc%3E&q=select&range=7d&sort=-max&zone=UTC"));
    }

    [TestCase("Asia/Seoul", "2026-01-02T03:04", 1_767_290_640_000)]
    [TestCase("America/St_Johns", "2026-03-08T02:30", 1_772_949_600_000)]
    [TestCase("America/St_Johns", "2026-07-01T00:00", 1_782_873_000_000)]
    public void A_local_time_is_a_moment_of_its_zone(string zone, string local, long moment)
    {
        PageZone read = PageZone.Of(PageZone.OfBrowser, zone, 0);
        Assert.That(read.TryReadLocal(local, out long milliseconds), Is.True);
        Assert.That(milliseconds, Is.EqualTo(moment));
    }

    [TestCase("")]
    [TestCase("now")]
    [TestCase("0001-01-01T00:00")]
    [TestCase("2026-02-30T00:00")]
    public void What_is_no_local_time_is_no_moment(string text) => Assert.That(PageZone.Utc.TryReadLocal(text, out _), Is.False);

    [TestCase("America/St_Johns", 1_772_900_000_000, 1_773_000_000_000, new long[] { 1_772_900_000_000, -12_600_000, 1_772_947_800_000, -9_000_000 })]
    [TestCase("Asia/Seoul", 1_772_900_000_000, 1_773_000_000_000, new long[] { 1_772_900_000_000, 32_400_000 })]
    public void A_range_in_which_clocks_change_has_both_offsets(string zone, long from, long to, long[] expected) => Assert.That(
        PageZone.Of(PageZone.OfBrowser, zone, 0).OffsetsIn(new TimeRange(from, to)).SelectMany(offset => offset), Is.EqualTo(expected));

    [Test]
    public void Each_change_of_a_year_is_found_and_a_range_without_end_takes_no_time()
    {
        PageZone zone = PageZone.Of(PageZone.OfBrowser, "America/St_Johns", 0);
        Assert.That(zone.OffsetsIn(new TimeRange(1_767_225_600_000, 1_798_761_600_000)), Has.Count.EqualTo(3));
        Assert.That(zone.OffsetsIn(new TimeRange(0, 1L << 52)), Has.Count.GreaterThan(10));
    }

    [TestCase("?agent=a", "oname:a")]
    [TestCase("?where=oname:b", "oname:b")]
    [TestCase("?agent=a&where=service:x&where=oname!:c", "oname:a service:x oname!:c")]
    [TestCase("?agent=shop-1&where=oname:shop-1&where=oname:b", "oname:shop-1")]
    [TestCase("?agent=shop-1&where=oname~:SHOP", "oname:shop-1")]
    [TestCase("?agent=a&where=oname:b&where=elapsed>:5", "oname:a oname!:a elapsed>:5")]
    [TestCase("?agent=a&where=oname~:b", "oname:a oname!:a")]
    public void Conditions_on_agents_narrow_the_chosen_one(string address, string expected) =>
        Assert.That(string.Join(' ', PageUrls.Conditions(PageView.Parse(address))), Is.EqualTo(expected));
}
