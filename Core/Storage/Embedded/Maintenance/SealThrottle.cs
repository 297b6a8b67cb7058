using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Maintenance;

/// <summary>
/// A seal lets requests go first while it will probably end before the next head is full, since that head would have to wait for it.
/// The time that the seal still needs is estimated from the number of its rows and the steps of the seal before. The time until the next head is full is
/// estimated from how fast it was filled since this seal began. One thread seals; others fill the head meanwhile.
/// </summary>
/// <param name="filled">How much of the next head is full, 0 to 1.</param>
/// <param name="clock">The time.</param>
internal class SealThrottle(Func<double> filled, TimeProvider clock) : CooperativeYield
{
    // Even a seal that no longer yields does not get a processor all the time.
    private const double Margin = 1.5;

    private double _stepsPerRow;
    private double _secondsPerStep;
    private long _rows;
    private long _steps;
    private long _began;
    private double _fullAtFirst;

    // The time that others took while the seal yielded.
    private TimeSpan _stopped;
    private long _yielded;

    /// <summary>A seal begins.</summary>
    public void Begin(long rows)
    {
        (_rows, _steps, _stopped) = (rows, 0, TimeSpan.Zero);
        (_began, _fullAtFirst) = (clock.GetTimestamp(), filled());
    }

    /// <summary>A seal ended. The next one is estimated from it.</summary>
    public void End()
    {
        _stepsPerRow = (double)_steps / Math.Max(1, _rows);
        _secondsPerStep = (clock.GetElapsedTime(_began) - _stopped).TotalSeconds / Math.Max(1, _steps);
    }

    protected override bool IsUrgent()
    {
        _steps++;
        _yielded = clock.GetTimestamp();
        double full = filled();
        if (full >= 1)
        {
            return true;
        }

        double secondsUntilFull = clock.GetElapsedTime(_began, _yielded).TotalSeconds * (1 - full) / (full - _fullAtFirst);
        double stepsLeft = Math.Max(0, (_stepsPerRow * _rows) - _steps);
        return stepsLeft * _secondsPerStep * Margin > secondsUntilFull;
    }

    protected override void Resume() => _stopped += clock.GetElapsedTime(_yielded);
}
