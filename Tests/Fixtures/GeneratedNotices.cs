namespace TimeSeries.Tests.Fixtures;

/// <summary>Makes exceptions, thread counts, alerts and events, for <see cref="RowGenerator"/>.</summary>
internal static class GeneratedNotices
{
    private static readonly string[] _ids = [.. Enumerable.Range(0, 25).Select(i => new Guid(i, 2, 3, [4, 5, 6, 7, 8, 9, 10, (byte)i]).ToString())];

    public static SampleRow Exception(Random random, long time)
    {
        SampleRow row = new("exception") { ["time"] = time, ["class"] = random.Next(15) == 0 ? GeneratedSpans.Hostile(random) : $"java.lang.Exception{random.Next(4)}" };
        GeneratedSpans.Maybe(random, row, "message", 8, () => Message(random));
        GeneratedSpans.Maybe(random, row, "service", 8, () => random.Next(5) == 0 ? "" : $"/service/{random.Next(3)}");
        GeneratedSpans.Maybe(random, row, "txid", 5, () => random.NextInt64().ToString("x16", null));
        GeneratedSpans.Maybe(random, row, "snap_seq", 7, () => random.Next(12) switch { 0 => long.MaxValue, 1 => long.MinValue + 1, 2 => -1L, 3 => 0L, _ => random.NextInt64() });
        GeneratedSpans.Maybe(random, row, "stack", 5, () => "at a.b.C(D.java:1)\n\tat e.f.G(H.java:2)");
        return row;
    }

    public static SampleRow Thread(Random random, long time) => new("thread")
    {
        ["time"] = time,
        ["count"] = random.Next(5) switch { 0 => random.NextInt64(200), 1 => random.Next(20_000) / 100.0, 2 => random.NextDouble() * 300, 3 => 0L, _ => random.Next(1_000_000) / 1_000_000.0 },
    };

    public static SampleRow Alert(Random random, long time)
    {
        SampleRow row = new("alert")
        {
            ["time"] = time,
            ["severity"] = GeneratedSpans.Pick(random, "Info", "WARNING", "critical", "Critical"),
            ["source"] = GeneratedSpans.Pick(random, "cpu", "disk", "\U0001F98A"),
            ["title"] = GeneratedSpans.Hostile(random),
        };
        GeneratedSpans.Maybe(random, row, "id", 6, () => random.Next(2) == 0 ? _ids[random.Next(_ids.Length)] : _ids[random.Next(_ids.Length)].ToUpperInvariant());
        GeneratedSpans.Maybe(random, row, "description", 6, () => Message(random));
        GeneratedSpans.Maybe(random, row, "labels", 6, () => new Dictionary<string, string> { ["zone"] = "b", ["a"] = GeneratedSpans.Hostile(random), ["\u00FC"] = "" });
        GeneratedSpans.Maybe(random, row, "annotations", 6, () => new Dictionary<string, string>());
        return row;
    }

    public static SampleRow Event(Random random, long time) => new("event")
    {
        ["time"] = time,
        ["level"] = GeneratedSpans.Pick(random, "EVENT", "ALARM", "ALERT"),
        ["type"] = GeneratedSpans.Pick(random, "ES010", "ES020", "EU400", "EU410", "EU420"),
        ["message"] = GeneratedSpans.Hostile(random),
    };

    // One in a hundred is over the limit of 32,768 bytes, which falls into the middle of a character.
    private static string Message(Random random) => random.Next(100) switch
    {
        0 => "x" + string.Concat(Enumerable.Repeat("\u20AC", 11_000)),
        < 30 => GeneratedSpans.Hostile(random),
        < 35 => "",
        _ => $"message {random.Next(50)}",
    };
}
