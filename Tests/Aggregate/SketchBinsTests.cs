using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Aggregate.Measures;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Aggregate;

/// <summary>Bins are exact and their middles within 1 % of every value in them.</summary>
internal sealed class SketchBinsTests
{
    [Test]
    public void The_middle_of_a_bin_is_within_one_percent_of_any_value()
    {
        Prop.ForAll(Values, value =>
        {
            double middle = SketchBins.MiddleOf(SketchBins.Of(value));
            return Math.Abs(middle - value) <= value * 0.010000001;
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Bins_ascend_with_values()
    {
        Prop.ForAll(Values, value => SketchBins.Of(value) <= SketchBins.Of(value + 1)).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Small_values_have_the_bins_that_logarithms_give()
    {
        // Up to here no power of γ is so close to a whole number that doubles could not tell on which side it lies.
        double gamma = 1.01 / 0.99;
        Assert.Multiple(() =>
        {
            for (int value = 2; value < 20_000; value++)
            {
                Assert.That(SketchBins.Of(value), Is.EqualTo((int)Math.Ceiling(Math.Log(value) / Math.Log(gamma)) + 1));
            }
        });
    }

    [TestCase(0, 0)]
    [TestCase(-5, 0)]
    [TestCase(1, 1)]
    public void Zero_and_one_have_bins_of_their_own(long value, int bin)
    {
        Assert.That(SketchBins.Of(value), Is.EqualTo(bin));
    }

    [Test]
    public void The_greatest_number_has_the_last_bin_and_bins_fit_twelve_bits()
    {
        Assert.That((SketchBins.Of(long.MaxValue), SketchBins.Count <= 4_096), Is.EqualTo((SketchBins.Count - 1, true)));
    }

    [Test]
    public void Quantiles_are_within_one_percent_whatever_the_distribution()
    {
        Prop.ForAll(Values.Generator.NonEmptyListOf().ToArbitrary(), values => AreQuantilesClose([.. values])).QuickCheckThrowOnFailure();
    }

    private static Arbitrary<long> Values => (
        from bits in Gen.Choose(0, 62)
        from low in Gen.Choose(0, int.MaxValue)
        from high in Gen.Choose(0, int.MaxValue)
        from offset in Gen.Choose(-1, 1)
        from nearPower in Gen.Elements(true, false)
        let random = ((((long)high << 31) | (uint)low) & long.MaxValue) >> (62 - bits)
        select Math.Max(0, nearPower ? (1L << bits) + offset : random)).ToArbitrary();

    private static bool AreQuantilesClose(List<long> values)
    {
        KindSchema schema = SampleSchema.Of(Kind.Sql);
        int elapsed = schema.Ordinal("elapsed");
        Aggregation aggregation = new(AggregationTests.CountAll(Kind.Sql) with { Measures = [new(MeasureKind.Sketch, elapsed)] });
        aggregation.Add(new ArrayChunk(schema, [.. values.Select(value => new Row(schema).With("time", 1).With("elapsed", value))]), TimeRange.All);
        QueryResult result = aggregation.Complete();
        values.Sort();
        return ResultLines.Quantiles.All(quantile =>
        {
            long exact = values[(int)Math.Floor(quantile * (values.Count - 1))];
            return Math.Abs(result.Quantile(0, 0, quantile) - exact) <= exact * 0.010000001;
        });
    }
}
