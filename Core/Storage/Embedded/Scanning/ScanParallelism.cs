namespace TimeSeries.Core.Storage.Embedded.Scanning;

/// <summary>
/// Counts the threads that scan, so that a scan is helped by others only while processors would stand still otherwise. Thread safe.
/// </summary>
/// <param name="most">As many as there are processors: a scan does nothing but compute.</param>
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
