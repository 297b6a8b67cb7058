using NUnit.Framework;
using TimeSeries.Benchmarks.Allocations;

namespace TimeSeries.Tests.Benchmarks;

/// <summary>What was measured is compared with what is stored: growth is reported, and so is what is on one side only.</summary>
internal sealed class AllocationBaselinesTests
{
    private static readonly AllocationBaselines _stored = new(new Dictionary<string, double> { ["Seal"] = 100, ["Decode"] = 0 });

    [Test]
    public void As_much_as_stored_or_less_fits()
    {
        Assert.That(_stored.Compare([new("Seal", 100, 1_000_000), new("Decode", 0, 10_000)]), Is.Empty);
        Assert.That(_stored.Compare([new("Seal", 3, 1_000_000), new("Decode", 0, 10_000)]), Is.Empty);
    }

    [Test]
    public void More_than_a_tenth_above_it_is_told_by_name()
    {
        Assert.That(_stored.Compare([new("Seal", 112, 1_000_000), new("Decode", 0, 10_000)]),
            Is.EqualTo(new[] { "Seal allocates 112.000 B an operation, more than 100.000." }));
    }

    [Test]
    public void An_array_an_operation_is_growth_where_nothing_was_allocated()
    {
        Assert.That(_stored.Compare([new("Seal", 100, 1_000_000), new("Decode", 24, 10_000)]), Has.Count.EqualTo(1));
    }

    [Test]
    public void A_benchmark_without_a_baseline_and_a_baseline_without_a_benchmark_are_told()
    {
        Assert.That(_stored.Compare([new("Seal", 100, 1_000_000), new("Encode", 1, 1)]),
            Is.EqualTo(new[] { "Encode has no baseline.", "Decode has a baseline and was not measured." }));
    }
}
