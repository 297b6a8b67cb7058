namespace TimeSeries.Core.Storage.Embedded;

/// <summary>
/// When a seal stops letting requests go first: once the next head fills faster than this one is sealed, so that it would have to wait for the seal. How far a seal is tells the number of
/// its steps, of as many a row as the one before took. One thread seals; the head may be filled by others meanwhile.
/// </summary>
/// <param name="filled">How much of the next head is full, 0 to 1.</param>
internal sealed class SealUrgency(Func<double> filled)
{
    // Less than this is never urgent: a seal takes about as long as filling this part at the full rate.
    private const double CalmPart = 0.25;

    // A seal that keeps pace ends when this part is full; the rest is for a rate that rises.
    private const double EndPart = 0.75;

    private double _stepsPerRow;
    private long _steps;
    private long _rows;

    /// <summary>A seal begins.</summary>
    public void Begin(long rows) => (_rows, _steps) = (rows, 0);

    /// <summary>A seal ended; the next is judged by it.</summary>
    public void End() => _stepsPerRow = (double)_steps / Math.Max(1, _rows);

    /// <summary>Counts a step, and tells whether the next one is urgent.</summary>
    public bool Next()
    {
        _steps++;
        double full = filled();
        return full > CalmPart && full > EndPart * Math.Min(1, _steps / Math.Max(1, _stepsPerRow * _rows));
    }
}
