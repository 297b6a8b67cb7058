using TimeSeries.Agent.Delivery;

namespace TimeSeries.Agent.Collecting;

/// <summary>Where collectors put samples and faults. Never throws. Thread safe.</summary>
internal sealed class SampleSink(SampleQueue queue, TimeProvider clock)
{
    private long _faults;
    private Exception? _lastFault;

    public long Faults => Volatile.Read(ref _faults);

    public void Add(in QueuedSample sample) => queue.Add(sample);

    /// <summary>Adds a sample of the application's own.</summary>
    public void Push(SampleKind kind, DateTimeOffset? time, object sample) => queue.Add(new QueuedSample
    {
        Kind = kind,
        Time = (time ?? clock.GetUtcNow()).ToUnixTimeMilliseconds(),
        Pushed = sample,
    });

    /// <summary>Adds the exception that an entry failed with.</summary>
    public void AddException(Exception exception, in QueuedSample entry) => queue.Add(new QueuedSample
    {
        Kind = SampleKind.Exception,
        Time = entry.Time,
        Exception = exception,
        Txid = entry.Txid,
        Service = entry.Name,
        ServiceForm = entry.Form,
    });

    /// <summary>Counts a fault of the agent itself, and keeps it for the log.</summary>
    public void Fault(Exception fault)
    {
        Interlocked.Increment(ref _faults);
        Volatile.Write(ref _lastFault, fault);
    }

    /// <summary>The last fault since this was called before; null for none.</summary>
    public Exception? TakeFault() => Interlocked.Exchange(ref _lastFault, null);
}
