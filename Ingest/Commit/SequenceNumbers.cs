namespace TimeSeries.Ingest.Commit;

/// <summary>The number that the next sample gets. The committer alone takes; thread safe to read. Numbers of refused batches are not used again.</summary>
internal sealed class SequenceNumbers(long next)
{
    private long _next = next;

    public long Next => Volatile.Read(ref _next);

    /// <summary>Numbers for some samples; returns the first.</summary>
    public long Take(int count) => Interlocked.Add(ref _next, count) - count;

    /// <summary>Makes the next number at least this: what is kept already has the ones before.</summary>
    public void SkipTo(long next) => Volatile.Write(ref _next, Math.Max(_next, next));
}
