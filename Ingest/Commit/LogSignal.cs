namespace TimeSeries.Ingest.Commit;

/// <summary>Tells who reads along that the log has grown. Thread safe.</summary>
internal sealed class LogSignal
{
    private TaskCompletionSource _next = NewSignal();

    /// <summary>Completes when the log grows after this was read.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Set() => Interlocked.Exchange(ref _next, NewSignal()).TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
