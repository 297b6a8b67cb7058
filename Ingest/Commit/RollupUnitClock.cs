namespace TimeSeries.Ingest.Commit;

/// <summary>
/// When the committer puts a mark into the log, for a store that is fed from it:
/// before the first samples since the start, then after 5 minutes, 1,000,000 samples
/// or so many bytes. The samples between two marks are a unit; a replay sees the same units. The committer's alone, but for <see cref="SkipTo"/> at the start.
/// </summary>
/// <param name="isWanted">Whether marks are written at all: a store that is fed from memory has no use for them.</param>
/// <param name="clock">The present.</param>
/// <param name="maxBytes">Most bytes of records in a unit: the log forgets whole units, so one must be small beside the log.</param>
internal sealed class RollupUnitClock(bool isWanted, TimeProvider clock, long maxBytes)
{
    private const long MaxSamples = 1_000_000;

    private static readonly TimeSpan _maxAge = TimeSpan.FromMinutes(5);

    private bool _isFirst = true;
    private long _samples;
    private long _bytes;
    private long _began = clock.GetTimestamp();

    /// <summary>Number of the unit that the next mark begins.</summary>
    public long NextUnit { get; private set; }

    /// <summary>
    /// How long the unit may stay open; null while it can have no samples (before the first mark it may have some from before the start), or none is wanted.
    /// </summary>
    public TimeSpan? TimeLeft =>
        !isWanted || (_samples == 0 && !_isFirst) ? null : clock.GetElapsedTime(_began) is var age && age < _maxAge ? _maxAge - age : TimeSpan.Zero;

    /// <summary>Numbers through this one were given before.</summary>
    public void SkipTo(long unit) => NextUnit = Math.Max(NextUnit, unit + 1);

    /// <summary>Whether a mark comes before the next samples.</summary>
    public bool IsDue => isWanted && (_isFirst || _samples >= MaxSamples || _bytes >= maxBytes || TimeLeft == TimeSpan.Zero);

    /// <summary>The mark is in the log.</summary>
    public void Begin()
    {
        NextUnit++;
        (_isFirst, _samples, _bytes) = (false, 0, 0);
    }

    /// <summary>Samples are in the log.</summary>
    public void Add(int samples, int bytes)
    {
        if (_samples == 0 && samples > 0)
        {
            _began = clock.GetTimestamp();
        }

        _samples += samples;
        _bytes += bytes;
    }
}
