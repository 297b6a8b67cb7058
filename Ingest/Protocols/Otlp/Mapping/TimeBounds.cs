using TimeSeries.Core.Building;
using TimeSeries.Core.Schema;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>Times of OTLP, in nanoseconds since 1970, as times of samples; and whether they may be theirs.</summary>
/// <param name="Earliest">By kind, the earliest time in ms.</param>
/// <param name="Latest">The latest time in ms.</param>
internal readonly record struct TimeBounds(long[] Earliest, long Latest)
{
    private const ulong NanosecondsPerMillisecond = 1_000_000;
    private const ulong NanosecondsPerMicrosecond = 1_000;

    // Times of samples have 13 digits (9 September 2001 to 20 November 2286).
    private const long FirstTime = 1_000_000_000_000;

    /// <summary>The bounds at a moment.</summary>
    public static TimeBounds At(long now, BatchLimits limits)
    {
        long[] earliest = new long[SampleSchema.All.Length];
        for (int kind = 0; kind < earliest.Length; kind++)
        {
            earliest[kind] = limits.RetentionOf((Kind)kind) is { } kept ? Math.Max(FirstTime, now - (long)kept.TotalMilliseconds) : FirstTime;
        }

        return new TimeBounds(earliest, now + (long)limits.MaxFutureSkew.TotalMilliseconds);
    }

    /// <summary>A time in ms, floored.</summary>
    public static long Milliseconds(ulong nanoseconds) => (long)(nanoseconds / NanosecondsPerMillisecond);

    /// <summary>The time between two moments in µs, half to even; 0 when they are in the wrong order.</summary>
    public static long Microseconds(ulong start, ulong end)
    {
        ulong length = end > start ? end - start : 0;
        (ulong whole, ulong rest) = Math.DivRem(length, NanosecondsPerMicrosecond);
        bool isUp = rest > NanosecondsPerMicrosecond / 2 || (rest == NanosecondsPerMicrosecond / 2 && (whole & 1) == 1);
        return (long)(whole + (isUp ? 1UL : 0UL));
    }

    /// <summary>Why a sample of a kind can't have a time; null when it can.</summary>
    public SignalRejection? Check(Kind kind, ulong nanoseconds)
    {
        long time = Milliseconds(nanoseconds);
        return nanoseconds > long.MaxValue || time > Latest ? SignalRejection.TooFarAhead : time < Earliest[(int)kind] ? SignalRejection.TooOld : null;
    }
}
