using System.Globalization;
using System.Numerics;
using System.Text;
using NUnit.Framework;
using TimeSeries.Query.Numbers;

namespace TimeSeries.Tests.Query.Numbers;

/// <summary>Quotients and decimals are exact to the last digit that their form has.</summary>
public sealed class ExactQuotientTests
{
    [Test]
    public void A_quotient_is_the_nearest_double()
    {
        Random random = new(5);
        for (int i = 0; i < 20_000; i++)
        {
            Int128 dividend = new Int128((ulong)random.NextInt64(), (ulong)random.NextInt64()) >> random.Next(1, 127);
            Int128 divisor = (new Int128((ulong)random.NextInt64() >> 8, (ulong)random.NextInt64()) >> random.Next(1, 119)) + 1;

            // The first sixty digits say to which side of the middle between two doubles it lies.
            var digits = BigInteger.DivRem((BigInteger)dividend * BigInteger.Pow(10, 60), divisor, out BigInteger rest);
            double expected = double.Parse($"{digits}{(rest.IsZero ? 0 : 1)}e-61", CultureInfo.InvariantCulture);
            Assert.That((ExactQuotient.Of(dividend, divisor), ExactQuotient.Of(-dividend, divisor)), Is.EqualTo((expected, -expected)),
                $"{dividend}/{divisor}");
        }
    }

    [TestCase("0", 3, "0")]
    [TestCase("1500", 3, "1.5")]
    [TestCase("1000", 3, "1")]
    [TestCase("1", 3, "0.001")]
    [TestCase("-1", 3, "-0.001")]
    [TestCase("-1500", 3, "-1.5")]
    [TestCase("42000001", 6, "42.000001")]
    [TestCase("-9223372036854775807", 0, "-9223372036854775807")]
    [TestCase("-9223372036854775808", 3, "-9223372036854775.808")]
    [TestCase("9223372036854775808", 3, "9223372036854775.808")]
    [TestCase("170141183460469231731687303715884105727", 3, "170141183460469231731687303715884105.727")]
    [TestCase("-170141183460469231731687303715884105728", 6, "-170141183460469231731687303715884.105728")]
    public void A_decimal_keeps_every_digit(string parts, int decimals, string expected)
    {
        Span<byte> room = stackalloc byte[DecimalText.MaxLength];
        int length = DecimalText.Write(Int128.Parse(parts, CultureInfo.InvariantCulture), decimals, room);
        Assert.That(Encoding.ASCII.GetString(room[..length]), Is.EqualTo(expected));
    }

    [TestCase(1, "150")]
    [TestCase(1_000, "0")]
    [TestCase(10, "15")]
    public void A_deviation_is_in_hundredths_of_the_unit(long partsPerUnit, string expected) =>
        Assert.That(ExactMath.DeviationHundredths(2, 5, 17, partsPerUnit), Is.EqualTo(Int128.Parse(expected, CultureInfo.InvariantCulture)));
}
