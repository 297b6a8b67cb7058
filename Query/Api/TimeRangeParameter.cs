using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Query.Api;

/// <summary>The times that a request asks for: <c>[from, to)</c>, the last hour when it says nothing.</summary>
internal static class TimeRangeParameter
{
    private const long HourMilliseconds = 3_600_000;

    /// <summary>Reads from and to as sent (null: not given); or what is wrong with them.</summary>
    public static string? TryRead(string? from, string? to, Timestamp now, out TimeRange period)
    {
        period = default;
        long end = now.Milliseconds;
        if (to is not null && !Moment.TryRead(to, now, out end))
        {
            return NoMoment("to", to);
        }

        long start = end - HourMilliseconds;
        if (from is not null && !Moment.TryRead(from, now, out start))
        {
            return NoMoment("from", from);
        }

        period = new TimeRange(start, end);
        return period.IsEmpty ? "from must be before to." : null;
    }

    private static string NoMoment(string name, string found) =>
        $"{name} must be epoch milliseconds, a moment as in RFC 3339, like 2023-01-29T12:00:00Z, or one before now, like -15m or now-1h, "
        + $"found \"{found}\".";
}
