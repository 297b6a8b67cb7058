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
        LargeArrayPool pool = new(1 << 20);
        long[] array = pool.Rent<long>(Length);
        pool.Return(array);
        Assert.That(pool.Rent<long>(Length), Is.SameAs(array));
    }

    [Test]
    public void No_array_is_rented_twice_at_one_time()
    {
        LargeArrayPool pool = new(1 << 20);
        pool.Return(pool.Rent<long>(Length));
        long[] first = pool.Rent<long>(Length);
        Assert.That(pool.Rent<long>(Length), Is.Not.SameAs(first));
    }

    [TestCase(1)]
    [TestCase(4_097)]
    [TestCase(1_000_001)]
    public void An_array_is_as_long_as_was_asked_or_longer(int length)
    {
        LargeArrayPool pool = new(1 << 30);
        pool.Return(pool.Rent<byte>(length + length / 2));
        Assert.That(pool.Rent<byte>(length), Has.Length.InRange(length, length * 2));
    }

    [Test]
    public void No_more_bytes_are_kept_than_allowed()
    {
        LargeArrayPool pool = new(Length);
        pool.Return(pool.Rent<int>(Length));
        Assert.That(pool.KeptBytes, Is.Zero);
    }

    [Test]
    public void Arrays_of_all_types_share_the_bound_and_each_type_gets_its_own()
    {
        LargeArrayPool pool = new((2 * Length * sizeof(long)) + Length);
        Int128[] wide = pool.Rent<Int128>(Length);
        long[] narrow = pool.Rent<long>(Length);
        pool.Return(wide);
        pool.Return(narrow);
        Assert.That(pool.KeptBytes, Is.EqualTo(wide.Length * 16L), "there is no room for both");
        Assert.That(pool.Rent<Int128>(Length), Is.SameAs(wide));
        Assert.That(pool.KeptBytes, Is.Zero);
    }

    [Test]
    public void What_no_round_needs_is_let_go()
    {
        LargeArrayPool pool = new(1 << 20);
        pool.Return(pool.Rent<int>(Length));
        for (int round = 0; round < ManyRounds; round++)
        {
            pool.EndRound();
        }

        Assert.That(pool.KeptBytes, Is.Zero);
    }

    [Test]
    public void What_each_round_needs_is_kept()
    {
        LargeArrayPool pool = new(1 << 20);
        for (int round = 0; round < ManyRounds; round++)
        {
            pool.Return(pool.Rent<int>(Length));
            pool.EndRound();
        }

        Assert.That(pool.KeptBytes, Is.AtLeast(Length * sizeof(int)));
    }
}
