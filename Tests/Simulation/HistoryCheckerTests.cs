using NUnit.Framework;
using TimeSeries.Simulation.History;

namespace TimeSeries.Tests.Simulation;

/// <summary>The checker itself, on histories that were written down by hand.</summary>
internal sealed class HistoryCheckerTests
{
    private OperationHistory _history = new();

    [SetUp]
    public void Begin() => _history = new OperationHistory();

    [Test]
    public void A_read_beside_a_write_may_see_it_or_not([Values(1, 2)] long seen)
    {
        Write(1);
        int read = _history.BeginRead();
        _history.BeginWrite("a", 2);
        EndRead(read, seen);
        Assert.That(Faults(), Is.Empty);
    }

    [Test]
    public void A_write_that_was_acknowledged_before_a_read_must_be_seen()
    {
        Write(1);
        Write(2);
        Read(1);
        Assert.That(Faults(), Has.Count.EqualTo(1).And.One.Contains("through 1, where 2 was acknowledged or seen before it began"));
    }

    [Test]
    public void A_write_that_began_after_a_read_must_not_be_seen()
    {
        Write(1);
        Read(2);
        Assert.That(Faults(), Has.One.Contains("through 2, where 1 was sent last"));
    }

    [Test]
    public void A_write_without_an_acknowledgement_that_was_seen_once_stays_seen()
    {
        _history.BeginWrite("a", 1);
        Read(0);
        Read(1);
        Read(0);
        Assert.That(Faults(), Has.Count.EqualTo(1).And.One.Contains("through 0, where 1"));
    }

    [Test]
    public void Reads_at_one_time_may_see_different_things()
    {
        _history.BeginWrite("a", 1);
        int first = _history.BeginRead();
        int second = _history.BeginRead();
        EndRead(first, 1);
        EndRead(second, 0);
        Assert.That(Faults(), Is.Empty);
    }

    [Test]
    public void A_value_that_is_there_twice_is_found()
    {
        Write(1);
        Write(2);
        _history.EndRead(_history.BeginRead(), new Dictionary<string, SeenValues> { ["a"] = new(3, 5, 2) });
        Assert.That(Faults(), Has.One.Contains("3 values with the sum 5, the greatest 2"));
    }

    private IReadOnlyList<string> Faults() => HistoryChecker.FindUnexplained(_history.Events);

    private void Write(long value) => _history.Acknowledge(_history.BeginWrite("a", value), "a", value);

    private void Read(long greatest) => EndRead(_history.BeginRead(), greatest);

    private void EndRead(int operation, long greatest) => _history.EndRead(
        operation, new Dictionary<string, SeenValues> { ["a"] = new(greatest, greatest * (greatest + 1) / 2, greatest) });
}
