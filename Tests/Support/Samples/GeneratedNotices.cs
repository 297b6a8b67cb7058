namespace TimeSeries.Tests.Support.Samples;

/// <summary>Makes exceptions, thread counts, alerts and events, for <see cref="BatchGenerator"/>.</summary>
internal static class GeneratedNotices
{
    public static SampleRow Exception(Random random, long time)
    {
        SampleRow row = new("exception")
        {
            ["time"] = time,
            ["class"] = random.Next(15) == 0 ? GeneratedSpans.Hostile(random) : $"java.lang.Exception{random.Next(4)}",
        };
        GeneratedSpans.Maybe(random, row, "message", 8, () => Message(random));
        GeneratedSpans.Maybe(random, row, "service", 8, () => random.Next(5) == 0 ? "" : $"/service/{random.Next(3)}");
        GeneratedSpans.Maybe(random, row, "txid", 5, () => random.NextInt64().ToString("x16", null));
        GeneratedSpans.Maybe(random, row, "snap_seq", 7,
            () => random.Next(12) switch { 0 => long.MaxValue, 1 => long.MinValue + 1, 2 => -1L, 3 => 0L, _ => random.NextInt64() });
        GeneratedSpans.Maybe(random, row, "stack", 5, () => "at a.b.C(D.java:1)\n\tat e.f.G(H.java:2)");
        return row;
    }

    public static SampleRow Thread(Random random, long time) => new("thread")
    {
        ["time"] = time,
        ["count"] = random.Next(5) switch
        {
            0 => random.NextInt64(200),
            1 => random.Next(20_000) / 100.0,
            2 => random.NextDouble() * 300,
            3 => 0L,
            _ => random.Next(1_000_000) / 1_000_000.0,
        },
    };

    /// <summary>An alert; now and then one of those before, sent again. Each has an id: what the server would make up nobody could expect.</summary>
    public static SampleRow Alert(Random random, long time, List<SampleRow> before)
    {
        if (before.Count > 0 && random.Next(6) == 0)
        {
            return Again(before[random.Next(before.Count)]);
        }

        SampleRow row = new("alert")
        {
            ["time"] = time,
            ["severity"] = GeneratedSpans.Pick(random, "Info", "WARNING", "critical", "Critical"),
            ["source"] = GeneratedSpans.Pick(random, "cpu", "disk", "\U0001F98A"),
            ["title"] = GeneratedSpans.Hostile(random),
        };
        byte[] id = new byte[16];
        random.NextBytes(id);
        row["id"] = new Guid(id).ToString();
        GeneratedSpans.Maybe(random, row, "description", 6, () => Message(random));
        GeneratedSpans.Maybe(random, row, "labels", 6,
            () => new Dictionary<string, string> { ["zone"] = "b", ["a"] = GeneratedSpans.Hostile(random), ["\u00FC"] = "" });
        GeneratedSpans.Maybe(random, row, "annotations", 6,
            () => random.Next(2) == 0 ? [] : new Dictionary<string, string> { ["runbook"] = GeneratedSpans.Hostile(random) });
        before.Add(row);
        return row;
    }

    public static SampleRow Event(Random random, long time) => new("event")
    {
        ["time"] = time,
        ["level"] = GeneratedSpans.Pick(random, "EVENT", "ALARM", "ALERT"),
        ["type"] = GeneratedSpans.Pick(random, "ES010", "ES020", "EU400", "EU410", "EU420"),
        ["message"] = GeneratedSpans.Hostile(random),
    };

    private static SampleRow Again(SampleRow alert)
    {
        SampleRow again = new(alert.Kind);
        foreach ((string field, object? value) in alert.Fields)
        {
            again[field] = field == "id" ? ((string)value!).ToUpperInvariant() : value;
        }

        return again;
    }

    // One in a hundred is over the limit of 32,768 bytes, which falls into the middle of a character.
    private static string Message(Random random) => random.Next(100) switch
    {
        0 => "x" + string.Concat(Enumerable.Repeat("\u20AC", 11_000)),
        < 30 => GeneratedSpans.Hostile(random),
        < 35 => "",
        _ => $"message {random.Next(50)}",
    };
}
