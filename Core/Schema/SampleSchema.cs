using System.Collections.Immutable;
using static TimeSeries.Core.Schema.MeasureKind;

namespace TimeSeries.Core.Schema;

/// <summary>
/// Every kind and every field, declared once. Decoder, validator, log, stores, query and documents read these tables:
/// a new field is one line here, and so is a new rollup.
/// </summary>
public static class SampleSchema
{
    private const int KeyBytes = 2_048;
    private const int SqlBytes = 32_768;
    private const int TextBytes = 1_024;
    private const int MessageBytes = 32_768;

    /// <summary>Largest count or number of bytes: the largest integer that a double, and so any JSON reader, holds exactly.</summary>
    public const long MaxCount = 1L << 53;

    /// <summary>Longest duration, 10¹² ms, in µs.</summary>
    public const long MaxDurationMicroseconds = 1_000_000_000_000_000;

    /// <summary>Largest thread count, 9 × 10⁹, in millionths: what fits a 64-bit integer with room to add a batch's worth.</summary>
    public const long MaxThreadCountMillionths = 9_000_000_000_000_000;

    /// <summary>Most entries of a map field.</summary>
    public const int MaxMapEntries = 64;

    public static ImmutableArray<KindSchema> All { get; } =
    [
        new(Kind.Transaction, "transaction",
        [
            .. Common(samplesNameAgents: true),
            Text("service", KeyBytes) with { Required = true },
            Duration("elapsed") with { Required = true },
            Text("txid"),
            Text("method"),
            Status(),
            Boolean("error"),
            Text("error_class"),
            Cut("error_message", MessageBytes),
            Count("sql_count"),
            Duration("sql_time"),
            Count("sql_fetch_count"),
            Duration("sql_fetch_time"),
            Count("httpc_count"),
            Duration("httpc_time"),
            Duration("cpu_time"),
            Count("malloc") with { Unit = "By" },
            Text("remote_ip"),
            Text("country"),
            Text("city"),
            Text("user_id"),
            Cut("user_agent", TextBytes),
            Text("api_id"),
            Text("api_name"),
            Text("api_key") with { IsSecret = true },
            Text("oauth_id") with { IsSecret = true },
            Text("alias"),
            Duration("upstream_latency"),
        ],
        TransactionRollups),
        new(Kind.Sql, "sql",
        [
            .. Common(samplesNameAgents: true),
            Text("sql", SqlBytes) with { Required = true },
            Duration("elapsed") with { Required = true },
            Text("db"),
            Boolean("error"),
            Count("fetch_count"),
            Duration("fetch_time"),
            Text("txid"),
            Text("service", KeyBytes),
        ],
        kind =>
        [
            Rollup(kind, "sql", ["db", "sql"],
                [.. Latency(kind), new(Sketch, kind.Ordinal("elapsed")), .. Sums(kind, "fetch_count", "fetch_time")]),
            Agents(),
        ]),
        new(Kind.Httpc, "httpc",
        [
            .. Common(samplesNameAgents: true),
            Text("url", KeyBytes) with { Required = true },
            Duration("elapsed") with { Required = true },
            Text("host"),
            Integer("port", 0, 65_535),
            Text("method"),
            Status(),
            Boolean("error"),
            Text("txid"),
            Text("service", KeyBytes),
        ],
        // Blocks name a rollup by its index, so new ones come last. With services too there may be too many keys for a rollup to be kept.
        kind => [Rollup(kind, "httpc", ["url", "host", "port", "service"], Latency(kind)),
            Agents(), Rollup(kind, "call", ["url", "host", "port"], Latency(kind))]),
        new(Kind.Exception, "exception",
        [
            .. Common(samplesNameAgents: true),
            Text("class", KeyBytes) with { Required = true },
            Cut("message", MessageBytes),
            Text("service", KeyBytes),
            Text("txid"),
            // The smallest 64-bit integer means a missing value in columns.
            Integer("snap_seq", long.MinValue + 1, long.MaxValue),
            Cut("stack", MessageBytes),
        ],
        kind =>
        [
            Rollup(kind, "exception", ["class", "service"],
            [
                new(MeasureKind.Count), new(Min, KindSchema.Time), new(Latest, kind.Ordinal("message")),
                new(Latest, kind.Ordinal("snap_seq")), new(Set, KindSchema.Oid),
            ]),
            Agents(),
        ]),
        new(Kind.Thread, "thread",
        [
            .. Common(samplesNameAgents: true),
            new("count", FieldType.Number) { Required = true, Unit = "1", Maximum = MaxThreadCountMillionths },
        ],
        kind => [Agents(new Measure(Sum, kind.Ordinal("count")))]),
        new(Kind.Alert, "alert",
        [
            .. Common(samplesNameAgents: false),
            Text("severity") with { Required = true, Allowed = ["Info", "Warning", "Critical"], AllowedInAnyCase = true },
            Text("source", KeyBytes) with { Required = true },
            Text("title") with { Required = true },
            Text("id") with { IsGuid = true },
            Cut("description", MessageBytes),
            Map("labels"),
            Map("annotations"),
        ],
        // Blocks name a rollup by its index, so new ones come last. Sources may be too many for the hours of the second one.
        kind =>
        [
            Agents(),
            Rollup(kind, "severity", ["severity"], [new(MeasureKind.Count)]),
            Rollup(kind, "alert", ["severity", "source"], [new(MeasureKind.Count)]),
        ]),
        new(Kind.Event, "event",
        [
            .. Common(samplesNameAgents: false),
            Text("level") with { Required = true, Allowed = ["EVENT", "ALARM", "ALERT"] },
            Text("type") with { Required = true, Allowed = ["ES010", "ES020", "EU400", "EU410", "EU420"] },
            Cut("message", MessageBytes) with { Required = true },
        ],
        kind => [Agents()]),
    ];

    /// <summary>The declaration of a kind.</summary>
    public static KindSchema Of(Kind kind) => All[(int)kind];

    /// <summary>The kind of that name, or null.</summary>
    public static KindSchema? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);

    private static ImmutableArray<RollupSpec> TransactionRollups(KindSchema kind)
    {
        int elapsed = kind.Ordinal("elapsed");
        int upstream = kind.Ordinal("upstream_latency");
        ImmutableArray<Measure> api =
        [
            new(MeasureKind.Count), new(MeasureKind.Count, Condition: RowCondition.StatusSuccess),
            new(MeasureKind.Count, Condition: RowCondition.StatusFailure),
            new(Sum, elapsed), new(Max, elapsed), new(Min, elapsed), new(Min, elapsed, RowCondition.StatusNotFailure),
            new(Sum, upstream), new(Max, upstream), new(Min, upstream), new(Min, upstream, RowCondition.StatusNotFailure),
            new(Max, KindSchema.Time), new(Latest, kind.Ordinal("api_name")), new(Sketch, elapsed),
        ];
        return
        [
            Rollup(kind, "service", ["service"],
            [
                .. Latency(kind), new(Satisfied, elapsed), new(Tolerated, elapsed), new(Sketch, elapsed),
                .. Sums(kind, "sql_count", "sql_time", "sql_fetch_count", "sql_fetch_time", "httpc_count", "httpc_time", "cpu_time", "malloc"),
            ]),
            Rollup(kind, "remote", ["remote_ip"],
                [new(MeasureKind.Count), new(Latest, kind.Ordinal("city")), new(Latest, kind.Ordinal("country"))])
                with { PresentField = kind.Ordinal("remote_ip") },
            Rollup(kind, "api_key", ["api_key", "api_id", "service"], api) with { PresentField = kind.Ordinal("api_key") },
            Rollup(kind, "oauth_id", ["oauth_id", "api_id", "service"], api) with { PresentField = kind.Ordinal("oauth_id") },
            Agents(),
        ];
    }

    private static ImmutableArray<Field> Common(bool samplesNameAgents) =>
    [
        new("time", FieldType.Time) { Required = true, Unit = "ms" },
        Integer("oid", int.MinValue, int.MaxValue) with { FromEnvelope = !samplesNameAgents },
        Text("oname") with { FromEnvelope = !samplesNameAgents },
        Text("okind") with { FromEnvelope = true },
        Text("onode") with { FromEnvelope = true },
    ];

    private static Field Text(string name, int maxBytes = TextBytes) => new(name, FieldType.Text) { MaxBytes = maxBytes };

    private static Field Cut(string name, int maxBytes) => Text(name, maxBytes) with { OverLimit = OverLimit.Cut };

    private static Field Map(string name) => new(name, FieldType.Map) { MaxBytes = TextBytes };

    private static Field Boolean(string name) => new(name, FieldType.Boolean) { Maximum = 1 };

    private static Field Integer(string name, long minimum, long maximum) =>
        new(name, FieldType.Integer) { Minimum = minimum, Maximum = maximum };

    private static Field Count(string name) => Integer(name, 0, MaxCount) with { Unit = "1" };

    // A status is whatever the agent's protocol says; only its sign and size are checked.
    private static Field Status() => Integer("status", 0, 999);

    private static Field Duration(string name) => new(name, FieldType.Duration) { Unit = "ms", Maximum = MaxDurationMicroseconds };

    private static RollupSpec Rollup(KindSchema kind, string name, ImmutableArray<string> keys, ImmutableArray<Measure> measures) =>
        new(name, [.. keys.Select(kind.Ordinal)], measures);

    private static ImmutableArray<Measure> Latency(KindSchema kind)
    {
        int elapsed = kind.Ordinal("elapsed");
        return
        [
            new(MeasureKind.Count), new(MeasureKind.Count, Condition: RowCondition.Failed),
            new(Sum, elapsed), new(Min, elapsed), new(Max, elapsed), new(SumOfSquares, elapsed),
        ];
    }

    private static ImmutableArray<Measure> Sums(KindSchema kind, params ImmutableArray<string> fields) =>
        [.. fields.Select(field => new Measure(Sum, kind.Ordinal(field)))];

    private static RollupSpec Agents(params ImmutableArray<Measure> more) => new("agent", [KindSchema.Oid, KindSchema.Oname],
    [
        new(MeasureKind.Count), new(Min, KindSchema.Time), new(Max, KindSchema.Time),
        new(Latest, KindSchema.Okind), new(Latest, KindSchema.Onode), .. more,
    ])
    { PresentField = KindSchema.Oname };
}
