using System.Globalization;
using System.Text.RegularExpressions;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>
/// Moments as the API reads and writes them: ISO 8601. Read: a date, or a date and a time with or without seconds, fraction and zone (none is UTC; a blank
/// stands for the <c>+</c> that it was before a query string was decoded). Written: UTC, with a fraction only when it is not 0.
/// </summary>
internal static partial class AlertMoment
{
    private const int MinutesPerHour = 60;

    // Digits of a fraction that count: a tick is 100 ns.
    private const int TickDigits = 7;

    /// <summary>Reads a moment as ticks (100 ns) since the Unix epoch; digits below are cut.</summary>
    public static bool TryParse(string text, out long ticks)
    {
        ticks = 0;
        Match match = Form().Match(text);
        if (!match.Success
            || !DateTime.TryParseExact(match.Groups["date"].ValueSpan, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime date))
        {
            return false;
        }

        int hour = Number(match.Groups["hour"]);
        int minute = Number(match.Groups["minute"]);
        int second = Number(match.Groups["second"]);
        int zoneHour = Number(match.Groups["zoneHour"]);
        int zoneMinute = Number(match.Groups["zoneMinute"]);
        if (hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59)
        {
            return false;
        }

        int offset = (zoneHour * MinutesPerHour) + zoneMinute;
        offset = match.Groups["sign"].ValueSpan is "-" ? -offset : offset;
        TimeSpan time = new(hour, minute - offset, second);
        ticks = date.Ticks - DateTime.UnixEpoch.Ticks + time.Ticks + Fraction(match.Groups["fraction"].ValueSpan);
        return true;
    }

    /// <summary>A time in ms as the API writes it.</summary>
    public static string Format(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);

    private static int Number(Group group) => group.Success ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

    private static long Fraction(ReadOnlySpan<char> digits)
    {
        long ticks = 0;
        for (int i = 0; i < TickDigits; i++)
        {
            ticks = (ticks * 10) + (i < digits.Length ? digits[i] - '0' : 0);
        }

        return ticks;
    }

    [GeneratedRegex(
        @"^(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
        + @"([Tt ](?<hour>[0-9]{2}):(?<minute>[0-9]{2})(:(?<second>[0-9]{2})([.,](?<fraction>[0-9]+))?)?"
        + @"([Zz]|(?<sign>[+ \-])(?<zoneHour>[0-9]{2})(:?(?<zoneMinute>[0-9]{2}))?)?)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
