using TimeSeries.Benchmarks.Http;

namespace TimeSeries.Benchmarks.Replay;

/// <summary>Adds up what became of the batches of a replay. Thread safe.</summary>
internal sealed class ReplayTotals
{
    // Guards the counts.
    private readonly Lock _lock = new();

    private readonly SortedDictionary<string, KindCounts> _kinds = new(StringComparer.Ordinal);
    private long _sentCount;
    private long _unsettledBatchCount;

    /// <summary>Samples sent so far.</summary>
    public long SentCount => Volatile.Read(ref _sentCount);

    /// <summary>Batches that have no 200.</summary>
    public long UnsettledBatchCount => Volatile.Read(ref _unsettledBatchCount);

    public void Add(ReplayBatch batch, SendOutcome outcome, ResponseCounts counts)
    {
        lock (_lock)
        {
            KindCounts kind = Of(batch.Kind.Name);
            kind.Sent += batch.RowCount;
            kind.Accepted += counts.Accepted;
            kind.Rejected += counts.Rejected;
            kind.Duplicates += counts.Duplicates;
            kind.Truncated += counts.Truncated;
            Volatile.Write(ref _sentCount, _sentCount + batch.RowCount);
            Volatile.Write(ref _unsettledBatchCount, _unsettledBatchCount + (outcome == SendOutcome.Taken ? 0 : 1));
        }
    }

    /// <summary>The counts by kind, once all connections have ended.</summary>
    public SortedDictionary<string, KindCounts> Finish(IReadOnlyList<CsvSamples> files)
    {
        lock (_lock)
        {
            foreach (CsvSamples file in files)
            {
                Of(file.Kind.Name).Unreadable = file.UnreadableCount;
            }

            return _kinds;
        }
    }

    private KindCounts Of(string kind)
    {
        if (!_kinds.TryGetValue(kind, out KindCounts? counts))
        {
            _kinds[kind] = counts = new KindCounts();
        }

        return counts;
    }
}
