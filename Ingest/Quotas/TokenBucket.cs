namespace TimeSeries.Ingest.Quotas;

/// <summary>
/// What may be used a second: tokens, a second's worth at most. One token lets pass what takes many, and the debt is paid before the next: so a body may be
/// larger than a second's bytes. Not thread safe.
/// </summary>
/// <remarks>TokenBucketRateLimiter of the framework lets nothing pass that is larger than the bucket, and can't be given a clock.</remarks>
internal struct TokenBucket
{
    // Tokens × ticks of a second, so that filling rounds nothing; below 0 is a debt.
    private Int128 _credit;

    // Null of a bucket that is full, since nothing was ever taken.
    private long? _filledAt;

    /// <summary>Fills the bucket, and says how long it is until it has a token; zero when it has.</summary>
    /// <param name="perSecond">How many tokens there are a second; another number than before counts from now on.</param>
    /// <param name="now">The clock's timestamp.</param>
    /// <param name="ticksPerSecond">What a timestamp counts.</param>
    public TimeSpan Fill(long perSecond, long now, long ticksPerSecond)
    {
        Int128 full = (Int128)perSecond * ticksPerSecond;
        _credit = _filledAt is { } before ? Int128.Min(full, _credit + (Int128)perSecond * Math.Max(0, now - before)) : full;
        _filledAt = now;
        Int128 wait = ((ticksPerSecond - _credit) * TimeSpan.TicksPerSecond + full - 1) / full;
        return _credit >= ticksPerSecond ? TimeSpan.Zero : TimeSpan.FromTicks((long)Int128.Min(wait, TimeSpan.MaxValue.Ticks));
    }

    /// <summary>Takes tokens, more than there are too; less than 0 gives some back.</summary>
    public void Take(long tokens, long ticksPerSecond) => _credit -= (Int128)tokens * ticksPerSecond;
}
