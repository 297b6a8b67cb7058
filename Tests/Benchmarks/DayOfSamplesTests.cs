using NUnit.Framework;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Benchmarks;

/// <summary>The day that queries over InfluxDB are measured on.</summary>
internal sealed class DayOfSamplesTests
{
    private const int Transactions = 20_000;

    // 20 agents, every 5 s.
    private const int Threads = 20 * 86_400 / 5;

    [Test]
    public void The_day_has_the_samples_of_each_kind_in_proportion()
    {
        DayOfSamples day = new(Transactions);
        Dictionary<Kind, int> inDay = [];
        for (int unit = 0; unit < DayOfSamples.Units; unit++)
        {
            foreach (ValidBatch batch in day.Unit(unit))
            {
                foreach (Kind kind in (Kind[])[Kind.Transaction, Kind.Sql, Kind.Httpc, Kind.Thread])
                {
                    if (batch.Find(kind) is { } table)
                    {
                        int count = 0;
                        foreach (long time in table.Numbers(KindSchema.Time).Values)
                        {
                            count += time is >= DayOfSamples.Start and < DayOfSamples.End ? 1 : 0;
                        }

                        inDay[kind] = inDay.GetValueOrDefault(kind) + count;
                    }
                }
            }
        }

        Assert.Multiple(() =>
        {
            Assert.That(inDay[Kind.Transaction], Is.EqualTo(Transactions).Within(2).Percent);
            Assert.That(inDay[Kind.Sql], Is.EqualTo(Transactions).Within(2).Percent);
            Assert.That(inDay[Kind.Httpc], Is.EqualTo(Transactions / 2).Within(2).Percent);
            Assert.That(inDay[Kind.Thread], Is.EqualTo(Threads).Within(2).Percent);
        });
    }
}
