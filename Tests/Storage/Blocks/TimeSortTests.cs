using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Storage.Embedded.Blocks.Writing;
using TimeSeries.Core.Threads;

namespace TimeSeries.Tests.Storage.Blocks;

[TestFixture]
public sealed class TimeSortTests
{
    private readonly LargeArrayPool _pool = new(1L << 20);

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public Property Rows_are_sorted_by_time_and_equal_times_keep_their_order() =>
        Prop.ForAll(Gen.Choose(0, 2).SelectMany(scale => Gen.Choose(0, 300).Select(time => Scaled(time, scale)).ArrayOf()).ToArbitrary(), times =>
            (TimeSort.Of(times, _pool, CooperativeYield.Urgent) ?? [.. Enumerable.Range(0, times.Length)])
                .SequenceEqual(Enumerable.Range(0, times.Length).OrderBy(row => times[row]).ThenBy(row => row)));

    [Test]
    public void Ascending_times_need_no_order() => Assert.That(TimeSort.Of([1, 1, 2, 9], _pool, CooperativeYield.Urgent), Is.Null);

    [Test]
    public void Times_years_apart_are_sorted() =>
        Assert.That(TimeSort.Of([1L << 40, 5, 1L << 40, 3], _pool, CooperativeYield.Urgent), Is.EqualTo(new[] { 3, 1, 0, 2 }));

    private static long Scaled(int time, int scale) => scale switch { 0 => time, 1 => time * 100_003L, _ => time * 10_000_000_019L };
}
