namespace TimeSeries.Core.Storage.Embedded.Scanning;

/// <summary>
/// Deals parts in the order of their times to threads. Each thread takes the parts of its own share one after the other, so that windows stay with one
/// thread. A thread without parts takes half of what another one has left. Thread safe.
/// </summary>
internal sealed class WorkStealingRanges
{
    // Guards the shares. Held for some additions, once a part.
    private readonly Lock _gate = new();
    private readonly (int Next, int End)[] _shares;

    public WorkStealingRanges(int parts, int threads)
    {
        _shares = new (int, int)[threads];
        for (int i = 0; i < threads; i++)
        {
            _shares[i] = ((int)((long)parts * i / threads), (int)((long)parts * (i + 1) / threads));
        }
    }

    /// <summary>The next part for a thread; −1 when all are dealt.</summary>
    public int Take(int thread)
    {
        lock (_gate)
        {
            ref (int Next, int End) own = ref _shares[thread];
            if (own.Next == own.End)
            {
                ref (int Next, int End) richest = ref Richest();
                int left = richest.End - richest.Next;
                int middle = richest.End - ((left + 1) / 2);
                own = (middle, richest.End);
                richest.End = richest.Next + (left / 2);
            }

            return own.Next < own.End ? own.Next++ : -1;
        }
    }

    private ref (int Next, int End) Richest()
    {
        int richest = 0;
        for (int i = 1; i < _shares.Length; i++)
        {
            richest = _shares[i].End - _shares[i].Next > _shares[richest].End - _shares[richest].Next ? i : richest;
        }

        return ref _shares[richest];
    }
}

/// <summary>
/// Counts the threads that scan, so that a scan gets helpers only while processors would be idle otherwise. Thread safe.
/// </summary>
/// <param name="most">The number of processors: a scan does nothing but compute.</param>
internal sealed class ScanParallelism(int most)
{
    private int _running;

    /// <summary>Enters a scan's own thread, whatever is running, and at most so many helpers; returns how many threads it has.</summary>
    public int Enter(int helpers)
    {
        int before = Interlocked.Increment(ref _running);
        int granted = Math.Clamp(most - before, 0, helpers);
        Interlocked.Add(ref _running, granted);
        return granted + 1;
    }

    /// <summary>Gives back what <see cref="Enter"/> returned.</summary>
    public void Leave(int threads) => Interlocked.Add(ref _running, -threads);
}
