namespace TimeSeries.Simulation.Node;

/// <summary>A clock that moves when it is told to. Timers fire within the call that moves it past them. Used by one thread at a time.</summary>
/// <param name="start">What it shows first.</param>
internal sealed class VirtualClock(DateTimeOffset start) : TimeProvider
{
    private readonly List<Waiting> _timers = [];
    private DateTimeOffset _now = start;
    private long _elapsed;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>What it shows, in ms since the Unix epoch.</summary>
    public long Milliseconds => _now.ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _now;

    /// <inheritdoc/>
    public override long GetTimestamp() => _elapsed;

    /// <summary>Lets time pass.</summary>
    public void Advance(TimeSpan time)
    {
        _now += time;
        _elapsed += time.Ticks;
        while (_timers.Where(timer => timer.Due <= _elapsed).MinBy(timer => timer.Due) is { } due)
        {
            due.Fire();
        }
    }

    /// <summary>Sets what it shows forward or back, as a correction of the time does. No time passes.</summary>
    public void Correct(TimeSpan by) => _now += by;

    /// <summary>Forgets all timers, as the end of a process does.</summary>
    public void ForgetTimers() => _timers.Clear();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period != Timeout.InfiniteTimeSpan)
        {
            throw new NotSupportedException("Loops are stepped here; they have no timers.");
        }

        Waiting timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Waiting(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; private set; }

        public void Fire()
        {
            clock._timers.Remove(this);
            if (TaskScheduler.Current == TaskScheduler.Default)
            {
                callback(state);
                return;
            }

            // Within a task of another scheduler what waits for the timer would go on at any time; on a thread without one it does so at once.
            Task.Run(() => callback(state)).GetAwaiter().GetResult();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock._timers.Remove(this);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Due = clock._elapsed + dueTime.Ticks;
                clock._timers.Add(this);
            }

            return true;
        }

        public void Dispose() => clock._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
