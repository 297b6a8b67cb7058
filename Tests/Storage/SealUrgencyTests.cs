using NUnit.Framework;
using TimeSeries.Core.Storage.Embedded;

namespace TimeSeries.Tests.Storage;

[TestFixture]
public sealed class SealUrgencyTests
{
    private const int Rows = 1_000;
    private const int Steps = 100;

    private readonly SealUrgency _urgency;
    private double _filled;

    public SealUrgencyTests() => _urgency = new SealUrgency(() => _filled);

    [SetUp]
    public void SealOnce()
    {
        _filled = 0;
        _urgency.Begin(Rows);
        Take(Steps);
        _urgency.End();
    }

    [TestCase(0.24, 1, ExpectedResult = false, TestName = "A next head with little in it is never a reason to hurry")]
    [TestCase(0.35, 50, ExpectedResult = false, TestName = "A seal that is half done is calm while a third of the next head is full")]
    [TestCase(0.40, 50, ExpectedResult = true, TestName = "A seal that is half done hurries once more than three eighths of the next head are full")]
    [TestCase(0.74, 100, ExpectedResult = false, TestName = "A seal that is nearly done is calm until three quarters of the next head are full")]
    [TestCase(0.76, 300, ExpectedResult = true, TestName = "A seal that takes longer than the one before hurries once three quarters of the next head are full")]
    public bool Hurries(double filled, int steps)
    {
        _urgency.Begin(Rows);
        _filled = filled;
        return Take(steps);
    }

    [Test]
    public void A_seal_of_more_rows_is_expected_to_take_as_many_more_steps()
    {
        _urgency.Begin(2 * Rows);
        _filled = 0.40;
        Assert.That(Take(Steps), Is.True);
        Assert.That(Take(Steps / 2), Is.False);
    }

    private bool Take(int steps)
    {
        bool isUrgent = false;
        for (int i = 0; i < steps; i++)
        {
            isUrgent = _urgency.Next();
        }

        return isUrgent;
    }
}
