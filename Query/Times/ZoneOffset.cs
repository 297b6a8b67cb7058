using System.Globalization;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Query.Times;

/// <summary>A clock that is a fixed time ahead of UTC, written <c>Z</c> or like <c>+09:00</c> (RFC 3339), at most 14 hours either way.</summary>
/// <param name="Milliseconds">How far it is ahead; negative when it is behind.</param>
internal readonly record struct ZoneOffset(long Milliseconds)
{
    public const long DayMilliseconds = 86_400_000;

    private const string Utc = "Z";
    private const int Length = 6;

    private static readonly TimeSpan _farthest = TimeSpan.FromHours(14);

    public static bool TryParse(string text, out ZoneOffset offset)
    {
        offset = default;
        if (text == Utc)
        {
            return true;
        }

        if (text.Length != Length || text[0] is not ('+' or '-')
            || !TimeSpan.TryParseExact(text.AsSpan(1), @"hh\:mm", CultureInfo.InvariantCulture, out TimeSpan ahead) || ahead > _farthest)
        {
            return false;
        }

        offset = new((long)(text[0] == '-' ? -ahead : ahead).TotalMilliseconds);
        return true;
    }

    /// <summary>The times of whole days of this clock, both included.</summary>
    public TimeRange Days(DateOnly first, DateOnly last) => new(StartOf(first), StartOf(last) + DayMilliseconds);

    /// <summary>Start of a day of this clock.</summary>
    public long StartOf(DateOnly day) => ((day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * DayMilliseconds) - Milliseconds;

    /// <summary>What this clock shows at a time.</summary>
    public DateTimeOffset Show(long time) => DateTimeOffset.FromUnixTimeMilliseconds(time).ToOffset(TimeSpan.FromMilliseconds(Milliseconds));

    /// <summary>As written in times: <c>Z</c> when this is UTC.</summary>
    public override string ToString()
    {
        var ahead = TimeSpan.FromMilliseconds(Math.Abs(Milliseconds));
        return Milliseconds == 0 ? Utc : string.Create(CultureInfo.InvariantCulture, $"{(Milliseconds < 0 ? '-' : '+')}{ahead:hh\\:mm}");
    }
}
