namespace TimeSeries.Tests.Support.Samples;

/// <summary>
/// Makes batches of two projects, the same for the same seed, with every field of
/// every kind, all of them acceptable: nulls and empty texts, errors, any status,
/// equal times, values on the borders of buckets and of apdex, late and days-old samples, hostile texts, several agents a batch, two agents of one oid.
/// </summary>
public sealed class BatchGenerator(int seed)
{
    /// <summary>2024-03-10 00:00 UTC: the day that most samples are of.</summary>
    public const long Day = 1_710_028_800_000;

    public const long Minute = 60_000;
    public const long Hour = 60 * Minute;
    public const long Bucket = 5 * Minute;

    /// <summary>Three hours from ten o'clock: what is not late lies here.</summary>
    public const long Start = Day + (10 * Hour);

    public const long End = Start + (3 * Hour);

    private static readonly AgentName?[] _agents =
    [
        new("shop-8080", null, "tomcat", "node-1"),
        new("shop-8080", null, "jetty", "node-2"),
        new("shop-a", 7, "tomcat", "node-3"),
        new("shop-b", 7, "tomcat"),
        new("에이전트-\U0001F98A", int.MinValue, null, "node-'\"-4"),
        new("shop-z", int.MaxValue),
        null,
    ];

    private readonly Random _random = new(seed);
    private readonly HashSet<long> _eventTimes = [];

    // By agent: which of two agents' alerts of one id counts, nodes that share a store do not agree on.
    private readonly List<SampleRow>[] _alerts = [.. _agents.Select(_ => new List<SampleRow>())];
    private long _lastTime = Start;

    /// <summary>Batches of both projects, in the order to push them; times advance from batch to batch.</summary>
    public List<PushedBatch> Batches(int count, int rowsPerBatch)
    {
        List<PushedBatch> batches = [];
        for (int i = 0; i < count; i++)
        {
            long centre = Start + ((End - Start) * i / count);
            int agentIndex = _random.Next(_agents.Length);
            AgentName? agent = _agents[agentIndex];
            long pcode = _random.Next(5) == 0 ? 2 : 1;
            batches.Add(new(pcode, agent, [.. Enumerable.Range(0, rowsPerBatch).Select(_ => Row(centre, agent is null, _alerts[agentIndex]))]));
        }

        return batches;
    }

    private SampleRow Row(long centre, bool nameAgent, List<SampleRow> alerts)
    {
        long time = Time(centre);
        int share = _random.Next(100);
        (SampleRow row, bool mayNameAgent) = share switch
        {
            < 40 => (GeneratedSpans.Transaction(_random, time), true),
            < 63 => (GeneratedSpans.Sql(_random, time), true),
            < 83 => (GeneratedSpans.Httpc(_random, time), true),
            < 90 => (GeneratedNotices.Exception(_random, time), true),
            < 97 => (GeneratedNotices.Thread(_random, time), true),
            < 99 => (GeneratedNotices.Alert(_random, time, alerts), false),
            _ => (GeneratedNotices.Event(_random, FreeTime(time)), false),
        };
        if (mayNameAgent && (nameAgent || _random.Next(4) == 0))
        {
            NameAgent(row);
        }

        return row;
    }

    private void NameAgent(SampleRow row)
    {
        int agent = _random.Next(8);
        row["oname"] = agent switch { 0 => "shop-8080", 1 => "shop-a", 2 => "shop-b", 3 => Pick(HostileTexts.All), _ => $"relay-{agent}" };
        if (agent is 1 or 2 or 5 or 6)
        {
            row["oid"] = agent switch { 5 => -1_459_620_666L, 6 => null, _ => 7L };
        }
    }

    private long Time(long centre)
    {
        _lastTime = _random.Next(20) switch
        {
            < 13 => centre + _random.NextInt64(-3 * Minute, 3 * Minute),
            13 => _lastTime,
            14 => centre - (centre % Bucket) + _random.Next(-1, 2),
            15 => centre - (centre % Hour) + _random.Next(-1, 2),
            16 or 17 => _random.NextInt64(Day, End),
            18 => Day - (_random.Next(3) * 24 * Hour) + _random.Next(-1, 2),
            _ => _random.NextInt64(Day - (3 * 24 * Hour), Day),
        };
        return _lastTime;
    }

    // Events of one time come in order of arrival, which several nodes don't have in common.
    private long FreeTime(long time)
    {
        while (!_eventTimes.Add(time))
        {
            time++;
        }

        return time;
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
