using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Storage.Influx.Writing;

namespace TimeSeries.Tests.Influx.Writing;

/// <summary>Arrays for the bodies of writes: lines, then line feeds, and used again.</summary>
internal sealed class WriteBodiesTests
{
    private const int Most = 1 << 20;

    private readonly WriteBodies _bodies = new();

    [TestCase(Most - 200, Most)]
    [TestCase(Most, Most)]
    [TestCase(100_000, 131_072)]
    [TestCase(32_769, 65_536)]
    public void A_full_batch_is_followed_by_line_feeds(int lineBytes, int expected)
    {
        byte[] lines = Lines(lineBytes);
        byte[] body = _bodies.Take(lines, Most);
        Assert.That((body.Length, body.AsSpan(0, lines.Length).SequenceEqual(lines), body.AsSpan(lines.Length).ContainsAnyExcept((byte)'\n')),
            Is.EqualTo((expected, true, false)));
    }

    [TestCase(100_000, 0, TestName = "A_part_has_no_tail")]
    [TestCase(100_000, 99_999, TestName = "A_batch_over_the_bound_has_no_tail")]
    [TestCase(32_768, Most, TestName = "A_small_batch_has_no_tail")]
    [TestCase(1, Most, TestName = "A_line_has_no_tail")]
    public void Others_are_sent_as_they_are(int lineBytes, int maxBytes)
    {
        byte[] lines = Lines(lineBytes);
        Assert.That(_bodies.Take(lines, maxBytes), Is.EqualTo(lines));
    }

    [TestCase(1_000_000)]
    [TestCase(999_999)]
    public void No_tail_leads_over_a_bound_that_is_no_multiple_of_a_step(int lineBytes) =>
        Assert.That(_bodies.Take(Lines(lineBytes), 1_000_000), Has.Length.EqualTo(1_000_000));

    [Test]
    public void An_array_is_used_again_and_nothing_of_its_last_lines_is_left()
    {
        byte[] first = _bodies.Take(Lines(Most - 10), Most);
        _bodies.Return(first);
        byte[] lines = Lines(Most - 5_000);
        byte[] second = _bodies.Take(lines, Most);
        Assert.That(second, Is.SameAs(first));
        Assert.That(second.AsSpan(lines.Length).ContainsAnyExcept((byte)'\n'), Is.False);
    }

    [Test]
    public void Two_writes_never_share_an_array()
    {
        _bodies.Return(_bodies.Take(Lines(Most), Most));
        byte[] first = _bodies.Take(Lines(Most), Most);
        byte[] second = _bodies.Take(Lines(Most), Most);
        Assert.That(second, Is.Not.SameAs(first));
    }

    [Test]
    public void Only_a_few_arrays_are_kept()
    {
        byte[][] taken = [.. Enumerable.Range(0, 10).Select(_ => _bodies.Take(Lines(Most), Most))];
        foreach (byte[] body in taken)
        {
            _bodies.Return(body);
        }

        byte[][] again = [.. Enumerable.Range(0, 10).Select(_ => _bodies.Take(Lines(Most), Most))];
        Assert.That(again.Count(body => taken.Any(other => ReferenceEquals(other, body))), Is.EqualTo(4));
    }

    private static byte[] Lines(int bytes)
    {
        byte[] lines = Encoding.ASCII.GetBytes(new string('x', bytes));
        lines[^1] = (byte)'\n';
        return lines;
    }
}
