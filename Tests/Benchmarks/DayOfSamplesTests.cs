using NUnit.Framework;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Benchmarks;

/// <summary>The day that queries over InfluxDB are measured on.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class DayOfSamplesTests
{
    private const int Transactions = 20_000;

    // 20 agents, every 5 s.
    private const int Threads = 20 * 86_400 / 5;

    [TestCase(Kind.Transaction, Transactions)]
    [TestCase(Kind.Sql, Transactions)]
    [TestCase(Kind.Httpc, Transactions / 2)]
    [TestCase(Kind.Thread, Threads)]
    public void The_day_has_the_samples_of_each_kind_in_proportion(Kind kind, int expected)
    {
        DayOfSamples day = new(Transactions);
        int inDay = 0;
        for (int unit = 0; unit < DayOfSamples.Units; unit++)
        {
            foreach (ValidBatch batch in day.Unit(unit))
            {
                if (batch.Find(kind) is { } table)
                {
                    inDay += table.Numbers(KindSchema.Time).Values.ToArray().Count(time => time is >= DayOfSamples.Start and < DayOfSamples.End);
                }
            }
        }

        Assert.That(inDay, Is.EqualTo(expected).Within(2).Percent);
    }
}
