using System.Globalization;
using System.Net.Http.Headers;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// The delay before a write is sent again: 0.2 s × 2ⁿ, at most 30 s, with full jitter. A server's <c>Retry-After</c> may make it
/// longer, up to 300 s, and never shorter.
/// Used by one thread at a time.
/// </summary>
/// <param name="jitter">Gives a fraction in [0, 1).</param>
internal sealed class Backoff(Func<double> jitter)
{
    private static readonly TimeSpan _first = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _longestRetryAfter = TimeSpan.FromSeconds(300);

    // 0.2 s × 2⁸ is over 30 s already.
    private const int MostDoublings = 8;

    private int _failures;

    /// <summary>The next delay after another failure.</summary>
    public TimeSpan Next(TimeSpan? retryAfter)
    {
        TimeSpan most = TimeSpan.FromTicks(Math.Min(_longest.Ticks, _first.Ticks << Math.Min(_failures, MostDoublings)));
        _failures++;
        long wish = Math.Min(retryAfter?.Ticks ?? 0, _longestRetryAfter.Ticks);
        return TimeSpan.FromTicks(Math.Max(wish, (most * jitter()).Ticks));
    }

    /// <summary>A delay for failures that need an operator.</summary>
    public static TimeSpan Slow(Func<double> jitter) => _longest * ((1 + jitter()) / 2);

    public void Reset() => _failures = 0;

    /// <summary>Reads a header <c>Retry-After</c>, seconds (some proxies send fractions) or a date of HTTP; null when it is neither.</summary>
    public static TimeSpan? ReadRetryAfter(string? header, DateTimeOffset now)
    {
        if (decimal.TryParse(header?.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds))
        {
            return TimeSpan.FromSeconds(Math.Min((double)seconds, _longestRetryAfter.TotalSeconds));
        }

        return RetryConditionHeaderValue.TryParse(header, out RetryConditionHeaderValue? value) && value.Date is { } date
            ? date <= now ? TimeSpan.Zero : date - now
            : null;
    }
}
