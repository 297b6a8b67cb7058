using System.Globalization;
using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Metrics;
using TimeSeries.Ingest.Decoding;

namespace TimeSeries.Ingest.Pipeline;

/// <summary>
/// What became of every sample, per project and kind: received = stored + rejected + duplicate + in flight, at any moment, since all
/// change and are read under one lock, a few times per batch. Thread safe.
/// </summary>
public sealed class SampleLedger : IMetricSource
{
    private static readonly RejectReason[] _reasons = Enum.GetValues<RejectReason>();

    // Guards _accounts and what is in them.
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, Account[]> _accounts = [];

    /// <summary>Takes in a batch's samples: rejected ones are counted at once, the others are in flight.</summary>
    internal void Receive(long pcode, RejectedSamples rejected, ValidBatch? usable)
    {
        Span<int> reasons = stackalloc int[byte.MaxValue + 1];
        lock (_lock)
        {
            Account[] accounts = Of(pcode);
            foreach (KindSchema schema in SampleSchema.All)
            {
                Account account = accounts[(int)schema.Kind];
                int rows = usable?.Find(schema.Kind)?.RowCount ?? 0;
                account.Received += rows + rejected.CountOf(schema.Kind);
                account.InFlight += rows;
                if (rejected.CountOf(schema.Kind) > 0)
                {
                    reasons.Clear();
                    rejected.CountReasons(schema.Kind, reasons);
                    foreach (RejectReason reason in _reasons)
                    {
                        account.Rejected[(int)reason] += reasons[(int)reason];
                    }
                }
            }
        }
    }

    /// <summary>Counts all of a batch's samples, which were in flight.</summary>
    internal void Settle(ValidBatch batch, Fate fate)
    {
        lock (_lock)
        {
            Account[] accounts = Of(batch.Pcode);
            foreach (KindSchema schema in SampleSchema.All)
            {
                if (batch.Find(schema.Kind) is { } table)
                {
                    accounts[(int)schema.Kind].Settle(table.RowCount, fate);
                }
            }
        }
    }

    /// <summary>Counts alerts that repeat others, which were in flight.</summary>
    internal void SettleAlerts(long pcode, int count)
    {
        lock (_lock)
        {
            Of(pcode)[(int)Kind.Alert].Settle(count, Fate.RepeatedAlert);
        }
    }

    /// <inheritdoc/>
    public void Write(PrometheusText text)
    {
        lock (_lock)
        {
            Write(text, "timeseries_ingest_samples_received_total", "counter", "Samples received.", account => account.Received);
            Write(text, "timeseries_ingest_samples_stored_total", "counter", "Samples durable and in the store, or in the log that feeds it (timeseries_store_waiting_bytes).", account => account.Stored);
            Write(text, "timeseries_ingest_samples_in_flight", "gauge", "Samples received and not yet stored, rejected or duplicate.", account => account.InFlight);
            text.Metric("timeseries_ingest_samples_duplicate_total", "counter", "Samples that were there already: repeated alerts, batches sent again.");
            WriteReasons(text, "timeseries_ingest_samples_duplicate_total", static account =>
                [("alert", account.RepeatedAlerts), ("resend", account.Resent)]);
            text.Metric("timeseries_ingest_samples_rejected_total", "counter", "Samples rejected, by reason; unavailable: log or host could not take them (503).");
            WriteReasons(text, "timeseries_ingest_samples_rejected_total", static account =>
                [("unavailable", account.Unavailable), .. _reasons.Select(reason => (Snake(reason.ToString()), account.Rejected[(int)reason]))]);
        }
    }

    private void Write(PrometheusText text, string name, string type, string help, Func<Account, long> value)
    {
        text.Metric(name, type, help);
        foreach ((long pcode, Account[] accounts) in _accounts)
        {
            foreach (KindSchema schema in SampleSchema.All)
            {
                text.Value(name, value(accounts[(int)schema.Kind]), ("pcode", pcode.ToString(CultureInfo.InvariantCulture)), ("kind", schema.Name));
            }
        }
    }

    private void WriteReasons(PrometheusText text, string name, Func<Account, (string Reason, long Count)[]> values)
    {
        foreach ((long pcode, Account[] accounts) in _accounts)
        {
            foreach (KindSchema schema in SampleSchema.All)
            {
                foreach ((string reason, long count) in values(accounts[(int)schema.Kind]))
                {
                    if (count > 0)
                    {
                        text.Value(name, count, ("pcode", pcode.ToString(CultureInfo.InvariantCulture)), ("kind", schema.Name), ("reason", reason));
                    }
                }
            }
        }
    }

    private Account[] Of(long pcode)
    {
        if (!_accounts.TryGetValue(pcode, out Account[]? accounts))
        {
            accounts = [.. SampleSchema.All.Select(_ => new Account())];
            _accounts.Add(pcode, accounts);
        }

        return accounts;
    }

    private static string Snake(string name) =>
        string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));

    /// <summary>How a sample's way ends.</summary>
    internal enum Fate : byte
    {
        Stored,
        Resent,
        RepeatedAlert,
        Unavailable,
    }

    private sealed class Account
    {
        public long[] Rejected { get; } = new long[_reasons.Length];

        public long Received { get; set; }

        public long InFlight { get; set; }

        public long Stored { get; private set; }

        public long Resent { get; private set; }

        public long RepeatedAlerts { get; private set; }

        public long Unavailable { get; private set; }

        public void Settle(int count, Fate fate)
        {
            InFlight -= count;
            Stored += fate == Fate.Stored ? count : 0;
            Resent += fate == Fate.Resent ? count : 0;
            RepeatedAlerts += fate == Fate.RepeatedAlert ? count : 0;
            Unavailable += fate == Fate.Unavailable ? count : 0;
        }
    }
}
