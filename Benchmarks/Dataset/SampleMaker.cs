using TimeSeries.Benchmarks.Wire;
using TimeSeries.Benchmarks.Wire.Fresh;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Dataset;

/// <summary>
/// Makes samples of any kind as columns, the same ones for the same seed. Every sample names its agent, as those that a gateway sends do.
/// Not thread safe.
/// </summary>
internal sealed class SampleMaker(Population population, int seed)
{
    /// <summary>The moment at which prepared samples say they were sent; sending moves them to the present.</summary>
    public const long PreparedAtMilliseconds = 1_700_000_000_000;

    // A batch holds what happened within the last second.
    private const int BatchMilliseconds = 1_000;

    private const int Hundred = 100;
    private const int ErrorPercent = 2;
    private const int FewestThreads = 20;
    private const int MostThreads = 400;

    private static readonly Quantiles _statuses = Quantiles.Of(Enumerable.Range(0, Hundred).Select(StatusOf));
    private static readonly Quantiles _errors = Quantiles.Of(Enumerable.Range(0, Hundred).Select(percent => percent < Hundred - ErrorPercent ? 0L : 1L));
    private static readonly Quantiles _threadCounts =
        Quantiles.Of(Enumerable.Range(FewestThreads, MostThreads - FewestThreads).Select(count => count * Quantiles.Thousandths));

    private readonly Random _random = new(seed);
    private readonly TextChoices _services = population.Skewed(population.Services);
    private readonly TextChoices _statements = population.Skewed(population.Statements);
    private readonly TextChoices _exceptions = population.Skewed(population.Exceptions);

    /// <summary>What a gateway adds to transactions; null adds nothing.</summary>
    public GatewayColumns? Gateway { get; init; }

    /// <summary>Makes samples of one kind, in the order of their times.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="rowCount">How many.</param>
    /// <param name="ages">Takes how many ms each is older than the sending.</param>
    public WireColumn[] Make(Kind kind, int rowCount, out int[] ages)
    {
        ages = new int[rowCount];
        WireColumn time = Column(kind, "time");
        for (int row = 0; row < rowCount; row++)
        {
            ages[row] = (int)((long)(rowCount - 1 - row) * BatchMilliseconds / rowCount);
            time.Add(PreparedAtMilliseconds - ages[row]);
        }

        return [time, .. kind switch
        {
            Kind.Transaction => Transactions(rowCount),
            Kind.Sql => Statements(rowCount),
            Kind.Httpc => Calls(rowCount),
            Kind.Exception => Exceptions(rowCount),
            Kind.Thread => Threads(rowCount),
            Kind.Alert => Alerts(rowCount),
            Kind.Event => Events(rowCount),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        }];
    }

    private WireColumn[] Transactions(int rowCount)
    {
        const Kind kind = Kind.Transaction;
        WireColumn[] own =
        [
            Texts(kind, "service", rowCount, _services),
            Durations(kind, "elapsed", rowCount, medianMilliseconds: 30),
            FreshIds(kind, "txid", rowCount),
            Texts(kind, "method", rowCount, population.EquallyOften(population.Methods)),
            Statuses(kind, rowCount),
            Errors(kind, rowCount),
            Integers(kind, "sql_count", rowCount, 0, 12),
            Durations(kind, "sql_time", rowCount, medianMilliseconds: 8),
            Integers(kind, "httpc_count", rowCount, 0, 4),
            Durations(kind, "httpc_time", rowCount, medianMilliseconds: 12),
            Durations(kind, "cpu_time", rowCount, medianMilliseconds: 3),
            Integers(kind, "malloc", rowCount, 10_000, 8_000_000),
            Texts(kind, "remote_ip", rowCount, population.EquallyOften(population.Addresses)),
            Texts(kind, "user_id", rowCount, population.EquallyOften(population.Users)),
            Texts(kind, "oname", rowCount, population.EquallyOften(population.Agents)),
        ];
        return [.. own, .. Gateway?.MissingFrom(own) ?? []];
    }

    private WireColumn[] Statements(int rowCount)
    {
        const Kind kind = Kind.Sql;
        return
        [
            Texts(kind, "sql", rowCount, _statements),
            Durations(kind, "elapsed", rowCount, medianMilliseconds: 2),
            Texts(kind, "db", rowCount, population.EquallyOften(population.Databases)),
            Errors(kind, rowCount),
            Integers(kind, "fetch_count", rowCount, 0, 200),
            Durations(kind, "fetch_time", rowCount, medianMilliseconds: 1),
            FreshIds(kind, "txid", rowCount),
            Texts(kind, "service", rowCount, _services),
            Texts(kind, "oname", rowCount, population.EquallyOften(population.Agents)),
        ];
    }

    private WireColumn[] Calls(int rowCount)
    {
        const Kind kind = Kind.Httpc;
        return
        [
            Texts(kind, "url", rowCount, _services),
            Durations(kind, "elapsed", rowCount, medianMilliseconds: 12),
            Texts(kind, "host", rowCount, population.EquallyOften(population.Hosts)),
            Integers(kind, "port", rowCount, 8_080, 8_084),
            Texts(kind, "method", rowCount, population.EquallyOften(population.Methods)),
            Statuses(kind, rowCount),
            Errors(kind, rowCount),
            FreshIds(kind, "txid", rowCount),
            Texts(kind, "service", rowCount, _services),
            Texts(kind, "oname", rowCount, population.EquallyOften(population.Agents)),
        ];
    }

    private WireColumn[] Exceptions(int rowCount)
    {
        const Kind kind = Kind.Exception;
        WireColumn message = Column(kind, "message");
        for (int row = 0; row < rowCount; row++)
        {
            message.Add(System.Text.Encoding.UTF8.GetBytes($"Order {_random.Next(1_000_000)} could not be handled in time"));
        }

        return
        [
            Texts(kind, "class", rowCount, _exceptions),
            message,
            Texts(kind, "service", rowCount, _services),
            FreshIds(kind, "txid", rowCount),
            Integers(kind, "snap_seq", rowCount, 1, long.MaxValue),
            Texts(kind, "oname", rowCount, population.EquallyOften(population.Agents)),
        ];
    }

    private WireColumn[] Threads(int rowCount)
    {
        WireColumn count = Column(Kind.Thread, "count", _threadCounts);
        for (int row = 0; row < rowCount; row++)
        {
            count.Add((double)_random.Next(FewestThreads, MostThreads));
        }

        return [count, Texts(Kind.Thread, "oname", rowCount, population.EquallyOften(population.Agents))];
    }

    // Without an id: the server makes one, so that no alert repeats another.
    private WireColumn[] Alerts(int rowCount)
    {
        const Kind kind = Kind.Alert;
        return
        [
            Texts(kind, "severity", rowCount, population.EquallyOften(population.Severities)),
            Texts(kind, "source", rowCount, population.EquallyOften(population.Hosts)),
            Texts(kind, "title", rowCount, _exceptions),
            Texts(kind, "description", rowCount, _statements),
            Texts(kind, "labels", rowCount, population.EquallyOften(population.Labels)),
            Texts(kind, "annotations", rowCount, population.EquallyOften(population.Annotations)),
        ];
    }

    private WireColumn[] Events(int rowCount)
    {
        const Kind kind = Kind.Event;
        return
        [
            Texts(kind, "level", rowCount, population.EquallyOften(population.Levels)),
            Texts(kind, "type", rowCount, population.EquallyOften(population.EventTypes)),
            Texts(kind, "message", rowCount, _statements),
        ];
    }

    private WireColumn Texts(Kind kind, string name, int rowCount, TextChoices choices)
    {
        WireColumn column = Column(kind, name, choices);
        for (int row = 0; row < rowCount; row++)
        {
            column.Add(choices.Next(_random));
        }

        return column;
    }

    private static WireColumn FreshIds(Kind kind, string name, int rowCount)
    {
        WireColumn column = new(SampleSchema.Of(kind).Fields[SampleSchema.Of(kind).Ordinal(name)]) { IsFresh = true };
        for (int row = 0; row < rowCount; row++)
        {
            column.Add("0000000000000000"u8);
        }

        return column;
    }

    // Log-normal, as latencies are, with µs decimals, as agents send them.
    private WireColumn Durations(Kind kind, string name, int rowCount, double medianMilliseconds)
    {
        WireColumn column = Column(kind, name, Quantiles.LogNormal(medianMilliseconds));
        for (int row = 0; row < rowCount; row++)
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
            column.Add(Math.Round(medianMilliseconds * Math.Exp(Quantiles.LogDeviation * normal), 3));
        }

        return column;
    }

    private WireColumn Integers(Kind kind, string name, int rowCount, long minimum, long maximum)
    {
        WireColumn column = Column(kind, name, Quantiles.Uniform(minimum, maximum));
        for (int row = 0; row < rowCount; row++)
        {
            column.Add(_random.NextInt64(minimum, maximum));
        }

        return column;
    }

    private WireColumn Statuses(Kind kind, int rowCount)
    {
        WireColumn column = Column(kind, "status", _statuses);
        for (int row = 0; row < rowCount; row++)
        {
            column.Add(StatusOf(_random.Next(Hundred)));
        }

        return column;
    }

    private WireColumn Errors(Kind kind, int rowCount)
    {
        WireColumn column = Column(kind, "error", _errors);
        for (int row = 0; row < rowCount; row++)
        {
            column.Add(_random.Next(Hundred) < ErrorPercent ? 1L : 0L);
        }

        return column;
    }

    private static long StatusOf(int percent) => percent switch { < 90 => 200, < 94 => 302, < 98 => 404, _ => 500 };

    private static WireColumn Column(Kind kind, string name, ValueSource? source = null) =>
        new(SampleSchema.Of(kind).Fields[SampleSchema.Of(kind).Ordinal(name)]) { Source = source };
}
