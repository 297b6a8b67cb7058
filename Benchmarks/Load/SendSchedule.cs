namespace TimeSeries.Benchmarks.Load;

/// <summary>
/// When batches are due. With a rate (open loop) the k-th batch, from 0, is due at start + k × batch ÷ rate, whatever happened to those
/// before, so that a stall shows in the latency of every batch that it delays; without (closed loop) a batch is due when it is asked for.
/// Shared by all connections; thread safe.
/// </summary>
internal sealed class SendSchedule
{
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly long _end;
    private readonly double _ticksPerBatch;
    private long _taken;

    /// <param name="clock">Gives the time stamps.</param>
    /// <param name="start">Time stamp of the start.</param>
    /// <param name="length">How long batches become due.</param>
    /// <param name="batchesPerSecond">The rate; null for a closed loop.</param>
    public SendSchedule(TimeProvider clock, long start, TimeSpan length, double? batchesPerSecond)
    {
        _clock = clock;
        _start = start;
        _end = start + (long)(length.TotalSeconds * clock.TimestampFrequency);
        _ticksPerBatch = batchesPerSecond is { } rate ? clock.TimestampFrequency / rate : 0;
    }

    /// <summary>Whether batches are due at a rate.</summary>
    private bool IsOpenLoop => _ticksPerBatch > 0;

    /// <summary>How long it is until a time stamp; not above zero when it is past.</summary>
    public TimeSpan Until(long due) => _clock.GetElapsedTime(_clock.GetTimestamp(), due);

    /// <summary>Whether the time for sending is over.</summary>
    public bool IsOver => _clock.GetTimestamp() >= _end;

    /// <summary>Takes the next batch; false when no more is due.</summary>
    /// <param name="due">The time stamp at which it is due: it may lie ahead (wait) or behind (send at once).</param>
    public bool TryTake(out long due)
    {
        due = IsOpenLoop ? DueTime(Interlocked.Increment(ref _taken) - 1) : _clock.GetTimestamp();
        return due < _end;
    }

    /// <summary>How many batches became due up to now, at most those of the whole length; 0 for a closed loop.</summary>
    public long DueCount()
    {
        if (!IsOpenLoop)
        {
            return 0;
        }

        double passed = Math.Min(_clock.GetTimestamp(), _end) - _start;
        long count = (long)(passed / _ticksPerBatch);
        return DueTime(count) < Math.Min(_clock.GetTimestamp(), _end) ? count + 1 : count;
    }

    private long DueTime(long batch) => _start + (long)(batch * _ticksPerBatch);
}
