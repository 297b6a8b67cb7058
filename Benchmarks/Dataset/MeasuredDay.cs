using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Dataset;

/// <summary>
/// One day of samples, evenly spread and in the order of their times, the same whenever and for whomever it is made: each system gets the same samples.
/// It is made in slices, each from a seed of its own, so that several threads can make it. Thread safe.
/// </summary>
/// <param name="transactions">Transactions of the day; other kinds are in proportion.</param>
/// <param name="serviceCount">How many services they are of.</param>
internal sealed class MeasuredDay(long transactions, int serviceCount = Population.ServiceCount)
{
    /// <summary>Transactions of a slice, but for the last one.</summary>
    public const int SliceRows = 10_000;

    public const long Start = DayOfSamples.Start;
    public const long End = DayOfSamples.End;

    // Any fixed number.
    private const int Seed = 20_240_117;
    private const int SeedsPerSlice = 16;
    private const int ThreadTicks = 86_400 / 5;
    private const int ThreadTickMilliseconds = 5_000;

    private readonly Population _population = new(serviceCount);
    private readonly GatewayColumns _gateway = new();

    /// <summary>Whether transactions carry what an API gateway adds.</summary>
    public bool HasGateway { get; init; }

    public long Transactions => transactions;

    public int SliceCount => (int)((transactions + SliceRows - 1) / SliceRows);

    /// <summary>The transactions of a slice.</summary>
    public WireColumn[] SliceTransactions(int slice) => Make(Kind.Transaction, slice, RowsOf(slice));

    /// <summary>
    /// Every kind's samples of a slice: statements as many as transactions, half as many calls, a 40th of exceptions, a 20th of alerts, a 200th of events, and
    /// threads of each agent every 5 s.
    /// </summary>
    public IEnumerable<(Kind Kind, WireColumn[] Columns)> Slice(int slice)
    {
        int rows = RowsOf(slice);
        (Kind Kind, int Count)[] counts =
        [
            (Kind.Transaction, rows), (Kind.Sql, rows), (Kind.Httpc, rows / 2), (Kind.Exception, rows / 40), (Kind.Alert, rows / 20), (Kind.Event, rows / 200),
        ];
        foreach ((Kind kind, int count) in counts)
        {
            if (count > 0)
            {
                yield return (kind, Make(kind, slice, count));
            }
        }

        WireColumn[] threads = Threads(slice);
        if (threads[0].Count > 0)
        {
            yield return (Kind.Thread, threads);
        }
    }

    /// <summary>The txid of a slice's first transaction.</summary>
    public static string FirstTxidOf(int slice) =>
        Convert.ToHexStringLower(BitConverter.GetBytes(new Random(Seed + (slice * SeedsPerSlice) + (int)Kind.Transaction).NextInt64()));

    private int RowsOf(int slice) => (int)Math.Min(SliceRows, transactions - ((long)slice * SliceRows));

    private WireColumn[] Make(Kind kind, int slice, int rowCount)
    {
        int seed = Seed + (slice * SeedsPerSlice) + (int)kind;
        WireColumn[] columns = new SampleMaker(_population, seed) { Gateway = HasGateway ? _gateway : null }.Make(kind, rowCount, out _);
        Random ids = new(seed);
        for (int i = 0; i < columns.Length; i++)
        {
            if (columns[i].Field.Type == FieldType.Time)
            {
                columns[i] = Times(columns[i].Field, slice, rowCount);
            }
            else if (columns[i].IsFresh)
            {
                columns[i] = Ids(columns[i].Field, ids, rowCount);
            }
        }

        return columns;
    }

    private WireColumn Times(Field field, int slice, int rowCount)
    {
        WireColumn column = new(field);
        long start = StartOf(slice);
        long length = StartOf(slice + 1) - start;
        for (int row = 0; row < rowCount; row++)
        {
            column.Add(start + (length * row / rowCount));
        }

        return column;
    }

    private long StartOf(int slice) => Start + ((End - Start) * slice / SliceCount);

    private static WireColumn Ids(Field field, Random ids, int rowCount)
    {
        WireColumn column = new(field) { IsFresh = true };
        Span<byte> id = stackalloc byte[PreparedBody.IdBytes];
        for (int row = 0; row < rowCount; row++)
        {
            Convert.TryToHexStringLower(BitConverter.GetBytes(ids.NextInt64()), id, out _);
            column.Add(id);
        }

        return column;
    }

    private WireColumn[] Threads(int slice)
    {
        KindSchema schema = SampleSchema.Of(Kind.Thread);
        WireColumn time = new(schema.Fields[schema.Ordinal("time")]);
        WireColumn count = new(schema.Fields[schema.Ordinal("count")]);
        WireColumn oname = new(schema.Fields[schema.Ordinal("oname")]);
        Random random = new(Seed + (slice * SeedsPerSlice) + (int)Kind.Thread);
        long last = (long)ThreadTicks * (slice + 1) / SliceCount;
        for (long tick = (long)ThreadTicks * slice / SliceCount; tick < last; tick++)
        {
            foreach (byte[] agent in _population.Agents)
            {
                time.Add(Start + (tick * ThreadTickMilliseconds));
                count.Add((double)random.Next(20, 400));
                oname.Add(agent);
            }
        }

        return [time, count, oname];
    }
}
