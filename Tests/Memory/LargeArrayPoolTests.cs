using NUnit.Framework;
using TimeSeries.Core.Memory;

namespace TimeSeries.Tests.Memory;

[TestFixture]
public sealed class LargeArrayPoolTests
{
    private const int Length = 10_000;
    private const int ManyRounds = 100;

    [Test]
    public void An_array_given_back_is_rented_again()
    {
        LargeArrayPool stock = new(1 << 20);
        long[] array = stock.RentNumbers(Length);
        stock.Return(array);
        Assert.That(stock.RentNumbers(Length), Is.SameAs(array));
    }

    [Test]
    public void No_array_is_rented_twice_at_one_time()
    {
        LargeArrayPool stock = new(1 << 20);
        stock.Return(stock.RentNumbers(Length));
        long[] first = stock.RentNumbers(Length);
        Assert.That(stock.RentNumbers(Length), Is.Not.SameAs(first));
    }

    [TestCase(1)]
    [TestCase(4_097)]
    [TestCase(1_000_001)]
    public void An_array_is_as_long_as_was_asked_or_longer(int length)
    {
        LargeArrayPool stock = new(1 << 30);
        stock.Return(stock.RentBytes(length + length / 2));
        Assert.That(stock.RentBytes(length), Has.Length.InRange(length, length * 2));
    }

    [Test]
    public void No_more_bytes_are_kept_than_allowed()
    {
        LargeArrayPool stock = new(Length);
        stock.Return(stock.RentCodes(Length));
        Assert.That(stock.KeptBytes, Is.Zero);
    }

    [Test]
    public void What_no_round_needs_is_let_go()
    {
        LargeArrayPool stock = new(1 << 20);
        stock.Return(stock.RentCodes(Length));
        for (int round = 0; round < ManyRounds; round++)
        {
            stock.EndRound();
        }

        Assert.That(stock.KeptBytes, Is.Zero);
    }

    [Test]
    public void What_each_round_needs_is_kept()
    {
        LargeArrayPool stock = new(1 << 20);
        for (int round = 0; round < ManyRounds; round++)
        {
            stock.Return(stock.RentCodes(Length));
            stock.EndRound();
        }

        Assert.That(stock.KeptBytes, Is.AtLeast(Length * sizeof(int)));
    }
}
