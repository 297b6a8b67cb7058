using System.IO.Hashing;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Dataset;

/// <summary>
/// One day of a middling production system, the same in every run: for each transaction a statement, for every second one a call, for every 40th an exception,
/// and
/// the threads of each agent every 5 s. More by day than by night. Made unit by unit; units don't begin with buckets. Not thread safe.
/// </summary>
/// <param name="transactions">Transactions of the day.</param>
internal sealed class DayOfSamples(int transactions)
{
    /// <summary>Start of the day in ms.</summary>
    public const long Start = 1_700_006_400_000;

    /// <summary>End of the day in ms.</summary>
    public const long End = Start + 86_400_000;

    public const long UnitMilliseconds = 300_000;

    // The last unit ends behind the day, as the first begins before it.
    public const int Units = 289;

    private const long BeforeDayMilliseconds = 130_000;
    private const long ThreadMilliseconds = 5_000;

    // Half as much as the mean by night, half as much again at noon.
    private const double Swing = 0.5;

    private readonly Population _population = new();
    private readonly Random _random = new(1);
    private int _batches;

    /// <summary>The samples of a unit, in batches as a node takes them, by kind.</summary>
    public IEnumerable<ValidBatch> Unit(int unit)
    {
        long start = Start - BeforeDayMilliseconds + (unit * UnitMilliseconds);
        foreach ((Kind kind, int count) in Counts(unit))
        {
            if (count > 0)
            {
                yield return Spread(GeneratedBatch.Make(kind, count, ++_batches), kind, start);
            }
        }

        yield return Threads(start);
    }

    /// <summary>How many samples a unit has of each kind, threads aside.</summary>
    public IEnumerable<(Kind Kind, int Count)> Counts(int unit)
    {
        double share = (1 - (Swing * Math.Cos(2 * Math.PI * unit / (Units - 1)))) / (Units - 1);
        int count = (int)Math.Round(transactions * share);
        yield return (Kind.Transaction, count);
        yield return (Kind.Sql, count);
        yield return (Kind.Httpc, count / 2);
        yield return (Kind.Exception, count / 40);
    }

    // Generated batches are of one second.
    private ValidBatch Spread(ValidBatch batch, Kind kind, long start)
    {
        foreach (ref long time in batch.Find(kind)!.Numbers(KindSchema.Time).Edit())
        {
            time = start + _random.NextInt64(UnitMilliseconds);
        }

        return batch;
    }

    private ValidBatch Threads(long start)
    {
        SampleBatch batch = new();
        SampleTable table = batch.Table(Kind.Thread);
        table.RowCount = (int)(UnitMilliseconds / ThreadMilliseconds) * Population.AgentCount;
        int count = SampleSchema.Of(Kind.Thread).Ordinal("count");
        for (int row = 0; row < table.RowCount; row++)
        {
            byte[] agent = _population.Agents[row % Population.AgentCount];
            table.Numbers(KindSchema.Time).Set(row, start + (row / Population.AgentCount * ThreadMilliseconds));
            table.Numbers(KindSchema.Oid).Set(row, (int)Crc32.HashToUInt32(agent));
            table.Texts(KindSchema.Oname).Set(row, agent);
            table.Numbers(count).Set(row, _random.Next(20, 400) * 1_000_000L);
        }

        return new ValidBatch(GeneratedBatch.Pcode, batch);
    }
}
