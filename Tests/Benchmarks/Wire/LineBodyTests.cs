using System.Text;
using NUnit.Framework;
using TimeSeries.Benchmarks.Influx;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Benchmarks.Wire;

/// <summary>The lines that the plain loader sends.</summary>
internal sealed class LineBodyTests
{
    private const long Now = 1_800_000_000_000;

    private readonly InfluxLoadOptions _options = new()
    {
        Influxd = "",
        Ingest = "",
        Length = TimeSpan.Zero,
        WarmUp = TimeSpan.Zero,
        RoundCount = 1,
        Outage = TimeSpan.Zero,
        ConnectionCount = 1,
        BatchSamples = 1_000,
        Form = SampleForm.Rows,
        Gzip = false,
        LineCount = 5_000,
        LineBytes = 100_000,
    };

    [Test]
    public void A_push_becomes_bodies_with_all_of_its_samples_none_over_the_bound()
    {
        List<LineBody> bodies = [.. LineBody.OfPush(1, _options)];
        Assert.That(bodies.Sum(body => body.LineCount), Is.EqualTo(1_000));
        Assert.That(bodies.Select(body => body.Length), Is.All.LessThanOrEqualTo(100_000));
    }

    [Test]
    public void Every_patched_line_is_a_point_of_its_own()
    {
        List<ParsedLine> lines = [.. Patched(LineBody.FirstNumber), .. Patched(LineBody.FirstNumber + 1_000)];
        Assert.That(lines.Select(line => line.Error), Is.All.Null);
        Assert.That(lines.Select(line => (line.Series, line.Time)), Is.Unique);
        Assert.That(lines.Select(line => line.Fields["txid"].Value), Is.Unique);
    }

    [Test]
    public void Number_epoch_and_time_belong_together()
    {
        List<ParsedLine> lines = Patched(12_999_900);
        Assert.That(lines.Select(line => line.Fields["n"].Value), Is.EqualTo(Enumerable.Range(12_999_900, 1_000).Select(number => (long)number)));
        Assert.That(lines.Select(line => line.Time % 1_000_000), Is.EqualTo(lines.Select(line => (long)line.Fields["n"].Value % 1_000_000)));
        Assert.That(lines.Select(line => line.Tags["e"]), Is.EqualTo(lines.Select(line => (long)line.Fields["n"].Value < 13_000_000 ? "12" : "13")));
        Assert.That(lines.Select(line => line.Time / 1_000_000), Is.Ordered.And.All.InRange(Now - 1_000, Now));
    }

    private List<ParsedLine> Patched(long firstNumber)
    {
        List<ParsedLine> lines = [];
        ulong ids = (ulong)firstNumber;
        foreach (LineBody body in LineBody.OfPush(1, _options))
        {
            body.Patch(Now, ref ids, firstNumber + lines.Count);
            lines.AddRange(LineParser.Parse(Encoding.UTF8.GetString(body.Bytes)));
        }

        return lines;
    }
}
