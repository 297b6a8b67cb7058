using System.Numerics;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Query.Numbers;
using TimeSeries.Query.Responses;

namespace TimeSeries.Tests.Query.Numbers;

/// <summary>Numbers at the borders where floating point would round to the wrong side.</summary>
public sealed class ExactMathTests
{
    // Two values d apart deviate by d/2 µs: d/20 hundredths of a millisecond.
    [TestCase(0, "0.00")]
    [TestCase(9, "0.00")]
    [TestCase(10, "0.00", Description = "0.5 hundredths, to the even 0")]
    [TestCase(11, "0.01")]
    [TestCase(30, "0.02", Description = "1.5 hundredths, to the even 2")]
    [TestCase(50, "0.02", Description = "2.5 hundredths, to the even 2")]
    [TestCase(51, "0.03")]
    [TestCase(247_950, "123.98", Description = "12397.5 hundredths, to the even 12398")]
    public void Deviations_round_half_to_even(long distance, string expected)
    {
        const long Large = 999_999_999_000_000;
        Assert.That(Deviation(7, 7 + distance), Is.EqualTo(expected));
        Assert.That(Deviation(Large, Large + distance), Is.EqualTo(expected), "far from 0, where squares have 100 bits");
    }

    [Test]
    public void The_widest_deviation_is_exact() =>
        Assert.That(Deviation(0, 1_000_000_000_000_000), Is.EqualTo("500000000000.00"));

    [Test]
    public void One_value_or_none_does_not_deviate()
    {
        Assert.That(Deviation(123_456), Is.EqualTo("0.00"));
        Assert.That(StandardDeviation(0, 0, 0), Is.EqualTo("0.00"));
    }

    [Test]
    public void Deviations_of_random_values_agree_with_a_root_in_a_thousand_bits()
    {
        Random random = new(20260101);
        for (int round = 0; round < 500; round++)
        {
            long[] values = [.. Enumerable.Range(0, random.Next(1, 50)).Select(_ => random.NextInt64(1L << random.Next(1, 50)))];
            Assert.That(Deviation(values), Is.EqualTo(SlowDeviation(values)), string.Join(' ', values));
        }
    }

    [Test]
    public void Many_large_samples_keep_every_digit()
    {
        // 3·10⁸ samples, half of them 10¹⁵ µs and half 10¹⁵ − 50: the sum of squares takes 128 bits, the product with the number 157.
        const long Half = 150_000_000;
        const long High = 1_000_000_000_000_000;
        const long Low = High - 50;
        Int128 sum = ((Int128)High + Low) * Half;
        UInt128 squares = (((UInt128)High * High) + ((UInt128)Low * Low)) * Half;
        Assert.That(StandardDeviation(2 * Half, sum, squares), Is.EqualTo("0.02"));
    }

    [Test]
    public void Means_are_cut_and_of_nothing_0()
    {
        Assert.That(ExactMath.MeanMilliseconds(2_999, 1), Is.EqualTo((Int128)2));
        Assert.That(ExactMath.MeanMilliseconds(2_999, 3), Is.EqualTo((Int128)0));
        Assert.That(ExactMath.MeanMilliseconds(5, 0), Is.EqualTo((Int128)0));
    }

    [Test]
    public void Sums_beyond_64_bits_are_written_out()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteInteger("a"u8, Int128.MaxValue);
            json.WriteInteger("b"u8, (Int128)long.MaxValue + 1);
            json.WriteInteger("c"u8, -3);
            json.WriteEndObject();
        }

        Assert.That(
            Encoding.UTF8.GetString(stream.ToArray()),
            Is.EqualTo("""{"a":170141183460469231731687303715884105727,"b":9223372036854775808,"c":-3}"""));
    }

    [TestCase(1_234.5, 1.234)]
    [TestCase(1_235.5, 1.236)]
    [TestCase(1_000_000.2, 1_000.0)]
    [TestCase(double.NaN, 0)]
    public void Percentiles_have_three_decimals(double microseconds, double expected) =>
        Assert.That(ExactMath.SketchMilliseconds(microseconds), Is.EqualTo(expected));

    private static string Deviation(params long[] values)
    {
        Int128 sum = 0;
        UInt128 squares = 0;
        foreach (long value in values)
        {
            sum += value;
            squares += (UInt128)value * (UInt128)value;
        }

        return StandardDeviation(values.Length, sum, squares);
    }

    // √V·2⁵⁰⁰/10n by bisection: 500 binary digits behind the point, more than any border between two such roots needs.
    private static string SlowDeviation(long[] values)
    {
        BigInteger n = values.Length;
        BigInteger sum = values.Aggregate(BigInteger.Zero, (total, value) => total + value);
        BigInteger variance = (n * values.Aggregate(BigInteger.Zero, (total, value) => total + ((BigInteger)value * value))) - (sum * sum);
        BigInteger scaled = variance << 1_000;
        BigInteger low = 0;
        BigInteger high = BigInteger.One << 700;
        while (high - low > 1)
        {
            BigInteger middle = (low + high) >> 1;
            (low, high) = middle * middle <= scaled ? (middle, high) : (low, middle);
        }

        BigInteger divisor = (n * 10) << 500;
        BigInteger hundredths = BigInteger.DivRem(low, divisor, out BigInteger rest);
        int half = (rest * 2).CompareTo(divisor);
        hundredths += half > 0 || (half == 0 && !hundredths.IsEven) ? 1 : 0;
        return $"{hundredths / 100}.{(int)(hundredths % 100):00}";
    }

    private static string StandardDeviation(long count, Int128 sum, UInt128 sumOfSquares)
    {
        Span<byte> text = stackalloc byte[DecimalText.MaxLength];
        return System.Text.Encoding.ASCII.GetString(text[..ExactMath.WriteStandardDeviation(count, sum, sumOfSquares, text)]);
    }
}
