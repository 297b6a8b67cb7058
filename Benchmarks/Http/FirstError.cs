namespace TimeSeries.Benchmarks.Http;

/// <summary>Keeps the first thing that went wrong in a run: the ones that follow are mostly its consequences. Thread safe.</summary>
internal sealed class FirstError
{
    private string? _reason;

    /// <summary>The first reason, or null.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    public void Note(string reason) => Interlocked.CompareExchange(ref _reason, reason, null);
}
