using System.Globalization;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary>The times of a request: epoch milliseconds of exactly 13 digits, at most a day apart.</summary>
internal static class WhatapPeriod
{
    public const long BucketMilliseconds = 300_000;

    private const int Digits = 13;
    private const long LongestMilliseconds = 86_400_000;

    /// <summary>Whether a text looks like a time: 13 ASCII digits.</summary>
    public static bool IsTime(string text) => text.Length == Digits && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>Start of the 5-minute bucket that a time lies in, also before the epoch.</summary>
    public static long Floor(long time) => time - (((time % BucketMilliseconds) + BucketMilliseconds) % BucketMilliseconds);

    /// <summary>
    /// The period of stime and etime as sent (null: not given), or a sentence that says what is wrong with them.
    /// </summary>
    public static string? TryRead(string? stime, string? etime, Timestamp now, out TimeRange period)
    {
        period = new TimeRange(now.Milliseconds - BucketMilliseconds, now.Milliseconds);
        if (stime is null)
        {
            return etime is null ? null : "etime needs stime.";
        }

        if (!IsTime(stime))
        {
            return NoTime("stime", stime);
        }

        long from = long.Parse(stime, CultureInfo.InvariantCulture);
        if (etime is not null && !IsTime(etime))
        {
            return NoTime("etime", etime);
        }

        long to = etime is null
            ? Math.Min(now.Milliseconds, from + LongestMilliseconds)
            : long.Parse(etime, CultureInfo.InvariantCulture);
        period = new TimeRange(from, to);
        return from >= to ? "stime must be before etime."
            : to - from > LongestMilliseconds ? "The range must not be longer than one day (86400000 ms)."
            : null;
    }

    private static string NoTime(string name, string found) => $"{name} must be 13 digits, milliseconds expected, found \"{found}\".";
}
