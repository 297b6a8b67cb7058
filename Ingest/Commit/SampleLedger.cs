using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Ingest.Commit;

/// <summary>
/// What became of every sample, per project and kind: received = stored + rejected + duplicate + in flight, at any moment, since all
/// change and are read under one lock, a few times per batch. Thread safe.
/// </summary>
internal sealed class SampleLedger
{
    private static readonly RejectReason[] _reasons = Enum.GetValues<RejectReason>();
    private static readonly string[] _reasonNames = Array.ConvertAll(_reasons, reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()));

    // Guards _accounts and what is in them.
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, Account[]> _accounts = [];

    public SampleLedger(IngestInstruments instruments) => instruments.Observe(this);

    /// <summary>Most series that one of the metrics has for so many projects.</summary>
    public static int SeriesOf(int projects) => projects * SampleSchema.All.Length * (_reasons.Length + 2);

    /// <summary>Counts a batch's samples, which are in flight from now on.</summary>
    public void Receive(ValidBatch batch)
    {
        lock (_lock)
        {
            Account[] accounts = Of(batch.Pcode);
            foreach (KindSchema schema in SampleSchema.All)
            {
                int rows = batch.Find(schema.Kind)?.RowCount ?? 0;
                accounts[(int)schema.Kind].Received += rows;
                accounts[(int)schema.Kind].InFlight += rows;
            }
        }
    }

    /// <summary>Counts the samples of a push that are rejected.</summary>
    public void Reject(long pcode, RejectedSamples rejected)
    {
        if (rejected.Total == 0)
        {
            return;
        }

        Span<int> reasons = stackalloc int[byte.MaxValue + 1];
        lock (_lock)
        {
            Account[] accounts = Of(pcode);
            foreach (KindSchema schema in SampleSchema.All)
            {
                reasons.Clear();
                rejected.CountReasons(schema.Kind, reasons);
                Account account = accounts[(int)schema.Kind];
                account.Received += rejected.CountOf(schema.Kind);
                foreach (RejectReason reason in _reasons)
                {
                    account.Rejected[(int)reason] += reasons[(int)reason];
                }
            }
        }
    }

    /// <summary>Counts all of a batch's samples, which were in flight.</summary>
    public void Finish(ValidBatch batch, Fate fate)
    {
        lock (_lock)
        {
            Account[] accounts = Of(batch.Pcode);
            foreach (KindSchema schema in SampleSchema.All)
            {
                if (batch.Find(schema.Kind) is { } table)
                {
                    accounts[(int)schema.Kind].Finish(table.RowCount, fate);
                }
            }
        }
    }

    /// <summary>Counts alerts that repeat others, which were in flight.</summary>
    public void FinishAlerts(long pcode, int count)
    {
        lock (_lock)
        {
            Of(pcode)[(int)Kind.Alert].Finish(count, Fate.Repeated);
        }
    }

    /// <summary>Counts samples that repeat others and were never in a batch.</summary>
    public void AddRepeats(long pcode, Kind kind, int count)
    {
        lock (_lock)
        {
            Account account = Of(pcode)[(int)kind];
            account.Received += count;
            account.InFlight += count;
            account.Finish(count, Fate.Repeated);
        }
    }

    /// <summary>Everything counted, as of one moment. Reasons that no sample had are left out.</summary>
    public SampleCounts Count()
    {
        SampleCounts counts = new();
        lock (_lock)
        {
            foreach ((long pcode, Account[] accounts) in _accounts)
            {
                KeyValuePair<string, object?> project = new("pcode", pcode.ToString(CultureInfo.InvariantCulture));
                foreach (KindSchema schema in SampleSchema.All)
                {
                    accounts[(int)schema.Kind].AddTo(counts, project, new KeyValuePair<string, object?>("kind", schema.Name));
                }
            }
        }

        return counts;
    }

    /// <summary>What became of a project's samples, or of all projects' where there is none, as of one moment.</summary>
    public ImmutableArray<FateCounts> Count(long? pcode)
    {
        Account[] sums = [.. SampleSchema.All.Select(_ => new Account())];
        lock (_lock)
        {
            foreach ((long project, Account[] accounts) in _accounts)
            {
                for (int kind = 0; kind < sums.Length && (pcode ?? project) == project; kind++)
                {
                    sums[kind].Add(accounts[kind]);
                }
            }
        }

        return [.. SampleSchema.All.Select(schema => sums[(int)schema.Kind].Describe(schema.Name))];
    }

    /// <summary>The name of a reason in metrics.</summary>
    public static string NameOf(RejectReason reason) => _reasonNames[(int)reason];

    private Account[] Of(long pcode)
    {
        if (!_accounts.TryGetValue(pcode, out Account[]? accounts))
        {
            accounts = [.. SampleSchema.All.Select(_ => new Account())];
            _accounts.Add(pcode, accounts);
        }

        return accounts;
    }

    /// <summary>How a sample's way ends.</summary>
    public enum Fate : byte
    {
        Stored,
        Resent,
        Repeated,
        Unavailable,
        OverQuota,
    }

    private sealed class Account
    {
        public long[] Rejected { get; } = new long[_reasons.Length];

        public long Received { get; set; }

        public long InFlight { get; set; }

        public long Stored { get; private set; }

        public long Resent { get; private set; }

        public long Repeated { get; private set; }

        public long Unavailable { get; private set; }

        public long OverQuota { get; private set; }

        public void Finish(int count, Fate fate)
        {
            InFlight -= count;
            Stored += fate == Fate.Stored ? count : 0;
            Resent += fate == Fate.Resent ? count : 0;
            Repeated += fate == Fate.Repeated ? count : 0;
            Unavailable += fate == Fate.Unavailable ? count : 0;
            OverQuota += fate == Fate.OverQuota ? count : 0;
        }

        public void Add(Account other)
        {
            Received += other.Received;
            InFlight += other.InFlight;
            Stored += other.Stored;
            Resent += other.Resent;
            Repeated += other.Repeated;
            Unavailable += other.Unavailable;
            OverQuota += other.OverQuota;
            for (int i = 0; i < Rejected.Length; i++)
            {
                Rejected[i] += other.Rejected[i];
            }
        }

        public FateCounts Describe(string kind) => new()
        {
            Name = kind,
            Received = Received,
            Stored = Stored,
            InFlight = InFlight,
            Duplicates = [.. Some(new ReasonCount(kind, Repeated), new ReasonCount("resend", Resent))],
            Rejected =
            [
                .. Some(
                [
                    new ReasonCount("unavailable", Unavailable), new ReasonCount("quota", OverQuota),
                    .. _reasons.Select(reason => new ReasonCount(NameOf(reason), Rejected[(int)reason])),
                ]),
            ],
        };

        private static IEnumerable<ReasonCount> Some(params IEnumerable<ReasonCount> reasons) => reasons.Where(reason => reason.Count > 0);

        public void AddTo(SampleCounts counts, KeyValuePair<string, object?> project, KeyValuePair<string, object?> kind)
        {
            counts.Add(SampleCounts.Metric.Received, Received, project, kind);
            counts.Add(SampleCounts.Metric.Stored, Stored, project, kind);
            counts.Add(SampleCounts.Metric.InFlight, InFlight, project, kind);
            AddReason(SampleCounts.Metric.Duplicate, (string)kind.Value!, Repeated);
            AddReason(SampleCounts.Metric.Duplicate, "resend", Resent);
            AddReason(SampleCounts.Metric.Rejected, "unavailable", Unavailable);
            AddReason(SampleCounts.Metric.Rejected, "quota", OverQuota);
            for (int i = 0; i < _reasons.Length; i++)
            {
                AddReason(SampleCounts.Metric.Rejected, _reasonNames[i], Rejected[(int)_reasons[i]]);
            }

            void AddReason(SampleCounts.Metric metric, string reason, long count)
            {
                if (count > 0)
                {
                    counts.Add(metric, count, project, kind, new KeyValuePair<string, object?>("reason", reason));
                }
            }
        }
    }
}

/// <summary>What became of samples until one moment, a measurement for each project and kind, and reason where the metric has them.</summary>
internal sealed class SampleCounts
{
    /// <summary>A bit for every metric.</summary>
    public const int AllMetrics = (1 << ((int)Metric.Rejected + 1)) - 1;

    private readonly List<Measurement<long>>[] _measurements = [[], [], [], [], []];

    public IReadOnlyList<Measurement<long>> this[Metric metric] => _measurements[(int)metric];

    public void Add(Metric metric, long count, params ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measurements[(int)metric].Add(new Measurement<long>(count, tags));

    /// <summary>The metrics that tell what became of samples.</summary>
    public enum Metric : byte
    {
        Received,
        Stored,
        InFlight,
        Duplicate,
        Rejected,
    }
}
