using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Text.Json;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Ingest.Protocols.Otlp.Joining;
using TimeSeries.Ingest.Protocols.Otlp.Mapping;

namespace TimeSeries.Ingest.Protocols.Otlp;

/// <summary>
/// What became of every item of OTLP: received = mapped + unmapped + rejected + duplicate + in flight, since all change under one lock, twice a request. Also
/// shows what became of calls that are summed up in their transaction. Thread safe.
/// </summary>
internal sealed class SignalLedger : IDisposable
{
    private static readonly string[] _unmappedNames = NamesOf<UnmappedReason>();
    private static readonly string[] _rejectedNames = NamesOf<SignalRejection>();

    // The reasons that items of a signal can have: their series are there from the start.
    private static readonly UnmappedReason[][] _unmappedOf =
    [
        [UnmappedReason.Internal, UnmappedReason.Producer, UnmappedReason.ClientOther, UnmappedReason.Messaging],
        [UnmappedReason.MetricName, UnmappedReason.MetricType, UnmappedReason.MetricDelta, UnmappedReason.MetricSecond, UnmappedReason.NoValue],
        [UnmappedReason.NoException, UnmappedReason.LowSeverity],
    ];

    private static readonly SignalRejection[][] _rejectedOf =
    [
        [.. Enum.GetValues<SignalRejection>().Where(reason => reason is not (SignalRejection.Negative or SignalRejection.NotANumber))],
        [
            SignalRejection.TooFarAhead, SignalRejection.TooOld, SignalRejection.Negative, SignalRejection.NotANumber, SignalRejection.Utf8,
            SignalRejection.Unavailable, SignalRejection.Quota, SignalRejection.Agents,
        ],
        [
            SignalRejection.TooFarAhead, SignalRejection.TooOld, SignalRejection.Utf8, SignalRejection.Hex, SignalRejection.Unavailable,
            SignalRejection.Quota, SignalRejection.Agents,
        ],
    ];

    private readonly Lock _lock = new();

    // Guards _accounts and what is in them.
    private readonly SortedDictionary<long, Account[]> _accounts = [];
    private readonly Meter _meter;
    private readonly JoinTables _joins;
    private long _clockBackwards;

    public SignalLedger(JoinTables joins, IMeterFactory? meters = null)
    {
        _joins = joins;
        _meter = meters?.Create(IngestInstruments.MeterName) ?? new Meter(IngestInstruments.MeterName);
    }

    /// <summary>Shows the counts as metrics.</summary>
    public void Show()
    {
        _meter.CreateObservableCounter(
            "timeseries.otlp.items", ObserveItems, "{item}", "Spans, data points and log records, by what became of them, and why.");
        _meter.CreateObservableUpDownCounter(
            "timeseries.otlp.items.in_flight", () => CountInFlight(), "{item}", "Items that become samples and are not yet stored.");
        _meter.CreateObservableCounter(
            "timeseries.otlp.join", ObserveJoins, "{call}", "SQL and HTTP calls, by what became of them in the sums of their transaction.");
        _meter.CreateObservableCounter(
            "timeseries.otlp.clock_backwards", () => Volatile.Read(ref _clockBackwards), "{span}",
            "Spans that end before they begin; they have a duration of 0.");
    }

    /// <summary>Counts the items of a project's request; those that are mapped are in flight.</summary>
    public void Begin(long pcode, TelemetrySignal signal, SignalCounts items, int clockBackwards)
    {
        Interlocked.Add(ref _clockBackwards, clockBackwards);
        lock (_lock)
        {
            Account account = Of(pcode)[(int)signal];
            account.Received += items.Total;
            account.InFlight += items.Mapped;
            account.Duplicates += items.Duplicates;
            Add(items.Unmapped, account.Unmapped);
            Add(items.Rejected, account.Rejected);
        }
    }

    /// <summary>Counts items that were in flight.</summary>
    public void End(long pcode, TelemetrySignal signal, long mapped, CommitOutcome outcome)
    {
        lock (_lock)
        {
            Account account = Of(pcode)[(int)signal];
            account.InFlight -= mapped;
            account.Mapped += outcome == CommitOutcome.Stored ? mapped : 0;
            account.Duplicates += outcome == CommitOutcome.Resent ? mapped : 0;
            SignalRejection reason = outcome == CommitOutcome.OverQuota ? SignalRejection.Quota : SignalRejection.Unavailable;
            account.Rejected[(int)reason] += outcome is CommitOutcome.Stored or CommitOutcome.Resent ? 0 : mapped;
        }
    }

    /// <summary>What became of a project's items, or of all projects' where there is none, as of one moment.</summary>
    public ImmutableArray<FateCounts> Count(long? pcode) =>
        [.. Sum(pcode).Select((account, signal) => account.Describe(TelemetrySignals.NameOf(TelemetrySignals.All[signal])))];

    /// <summary>The name of a reason in metrics.</summary>
    public static string NameOf(SignalRejection reason) => _rejectedNames[(int)reason];

    public void Dispose() => _meter.Dispose();

    private static string[] NamesOf<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    private static void Add(ReadOnlySpan<long> counts, long[] into)
    {
        for (int i = 0; i < counts.Length; i++)
        {
            into[i] += counts[i];
        }
    }

    private Account[] Of(long pcode)
    {
        if (!_accounts.TryGetValue(pcode, out Account[]? accounts))
        {
            accounts = NewAccounts();
            _accounts.Add(pcode, accounts);
        }

        return accounts;
    }

    private Account[] Sum(long? pcode)
    {
        Account[] sums = NewAccounts();
        lock (_lock)
        {
            foreach ((long project, Account[] accounts) in _accounts)
            {
                for (int signal = 0; signal < sums.Length && (pcode ?? project) == project; signal++)
                {
                    sums[signal].Add(accounts[signal]);
                }
            }
        }

        return sums;
    }

    private static Account[] NewAccounts() => [.. TelemetrySignals.All.Select(_ => new Account())];

    private List<Measurement<long>> ObserveItems()
    {
        List<Measurement<long>> all = [];
        Account[] sums = Sum(null);
        foreach (TelemetrySignal signal in TelemetrySignals.All)
        {
            Account account = sums[(int)signal];
            KeyValuePair<string, object?> name = new("signal", TelemetrySignals.NameOf(signal));
            all.Add(Measure(account.Mapped, name, "mapped"));
            all.Add(Measure(account.Duplicates, name, "duplicate"));
            foreach (UnmappedReason reason in _unmappedOf[(int)signal])
            {
                all.Add(Measure(account.Unmapped[(int)reason], name, "unmapped", new KeyValuePair<string, object?>("reason", _unmappedNames[(int)reason])));
            }

            foreach (SignalRejection reason in _rejectedOf[(int)signal])
            {
                all.Add(Measure(account.Rejected[(int)reason], name, "rejected", new KeyValuePair<string, object?>("reason", _rejectedNames[(int)reason])));
            }
        }

        return all;
    }

    private static Measurement<long> Measure(
        long count, KeyValuePair<string, object?> signal, string outcome, params ReadOnlySpan<KeyValuePair<string, object?>> reason) =>
        new(count, [signal, new KeyValuePair<string, object?>("outcome", outcome), .. reason]);

    private List<Measurement<long>> CountInFlight()
    {
        Account[] sums = Sum(null);
        return [.. TelemetrySignals.All.Select(signal => new Measurement<long>(
            sums[(int)signal].InFlight, new KeyValuePair<string, object?>("signal", TelemetrySignals.NameOf(signal))))];
    }

    private IEnumerable<Measurement<long>> ObserveJoins()
    {
        _joins.Waiting.DropOld();
        return
        [
            Joined("same_request", _joins.SameRequest), Joined("earlier_request", _joins.EarlierRequest), Joined("expired", _joins.Waiting.Expired),
            Joined("evicted", _joins.Waiting.Evicted), Joined("orphan", _joins.Orphans), Joined("restart", _joins.Restarts),
        ];
    }

    private static Measurement<long> Joined(string outcome, long calls) => new(calls, new KeyValuePair<string, object?>("outcome", outcome));

    private sealed class Account
    {
        public long[] Unmapped { get; } = new long[_unmappedNames.Length];

        public long[] Rejected { get; } = new long[_rejectedNames.Length];

        public long Received { get; set; }

        public long InFlight { get; set; }

        public long Mapped { get; set; }

        public long Duplicates { get; set; }

        public void Add(Account other)
        {
            Received += other.Received;
            InFlight += other.InFlight;
            Mapped += other.Mapped;
            Duplicates += other.Duplicates;
            SignalLedger.Add(other.Unmapped, Unmapped);
            SignalLedger.Add(other.Rejected, Rejected);
        }

        public FateCounts Describe(string signal) => new()
        {
            Name = signal,
            Received = Received,
            Stored = Mapped,
            InFlight = InFlight,
            Duplicates = Duplicates > 0 ? [new ReasonCount("duplicate", Duplicates)] : [],
            Rejected = Some(Rejected, _rejectedNames),
            Unmapped = Some(Unmapped, _unmappedNames),
        };

        private static ImmutableArray<ReasonCount> Some(long[] counts, string[] names) =>
            [.. names.Zip(counts, (name, count) => new ReasonCount(name, count)).Where(reason => reason.Count > 0)];
    }
}
