namespace TimeSeries.Benchmarks.Replay;

/// <summary>Says when samples are due: as far after the start as they lie after the first sample, divided by the speed. Thread safe.</summary>
/// <param name="clock">Gives the time.</param>
/// <param name="start">Time stamp of the start.</param>
/// <param name="firstTime">The time of the first sample in ms.</param>
/// <param name="speed">How much faster than recorded; null for at once.</param>
internal sealed class ReplayClock(TimeProvider clock, long start, long firstTime, double? speed)
{
    /// <summary>How long it is until samples that end at a time are due; zero when they are.</summary>
    public TimeSpan Until(long time)
    {
        if (speed is not { } factor)
        {
            return TimeSpan.Zero;
        }

        TimeSpan left = TimeSpan.FromMilliseconds((time - firstTime) / factor) - clock.GetElapsedTime(start);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Waits until then; false when <paramref name="stop"/> was set before.</summary>
    public bool WaitFor(long time, CancellationToken stop)
    {
        // A wait handle takes at most int.MaxValue ms at once, and whole ones.
        for (TimeSpan left = Until(time); left >= TimeSpan.FromMilliseconds(1); left = Until(time))
        {
            if (stop.WaitHandle.WaitOne(left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1)))
            {
                return false;
            }
        }

        return !stop.IsCancellationRequested;
    }
}
