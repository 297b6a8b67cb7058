using System.Globalization;
using System.Text.RegularExpressions;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Query.Api;

/// <summary>Reads moments as callers write them: epoch milliseconds, RFC 3339, or so long before now: <c>now</c>, <c>-15m</c>, <c>now-1h</c>.</summary>
internal static partial class Moment
{
    private const int MostDigits = 13;

    /// <summary>
    /// The moment in ms. A fraction finer than that is rounded up: times are whole, so the same samples lie before and behind.
    /// </summary>
    public static bool TryRead(string text, Timestamp now, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length is > 0 and <= MostDigits && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
        {
            milliseconds = long.Parse(text, CultureInfo.InvariantCulture);
            return true;
        }

        if (Relative().Match(text) is { Success: true } relative)
        {
            long unit = relative.Groups["unit"].Value switch { "d" => 86_400_000, "h" => 3_600_000, "m" => 60_000, _ => 1_000 };
            long count = long.Parse("0" + relative.Groups["count"].Value, CultureInfo.InvariantCulture);
            milliseconds = Math.Max(0, now.Milliseconds - (count * unit));
            return true;
        }

        return TryReadRfc3339(text, out milliseconds);
    }

    private static bool TryReadRfc3339(string text, out long milliseconds)
    {
        milliseconds = 0;
        if (Rfc3339().Match(text) is not { Success: true } match)
        {
            return false;
        }

        // A plus that was not escaped reaches us as a blank.
        string zone = match.Groups["zone"].Value.Replace(' ', '+').ToUpperInvariant();
        string whole = $"{match.Groups["date"].Value}T{match.Groups["time"].Value}{zone}";
        if (!DateTimeOffset.TryParseExact(
            whole, "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)
            && !DateTimeOffset.TryParseExact(whole, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment))
        {
            return false;
        }

        string fraction = match.Groups["fraction"].Value.PadRight(3, '0');
        milliseconds = moment.ToUnixTimeMilliseconds() + int.Parse(fraction.AsSpan(0, 3), CultureInfo.InvariantCulture)
            + (fraction.AsSpan(3).IndexOfAnyExcept('0') >= 0 ? 1 : 0);
        return milliseconds >= 0;
    }

    [GeneratedRegex(@"^(now(-(?<count>[0-9]{1,9})(?<unit>[smhd]))?|-(?<count>[0-9]{1,9})(?<unit>[smhd]))\z", RegexOptions.CultureInvariant)]
    private static partial Regex Relative();

    [GeneratedRegex(
        @"^(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt](?<time>[0-9]{2}:[0-9]{2}:[0-9]{2})"
        + @"(\.(?<fraction>[0-9]{1,20}))?(?<zone>[Zz]|[-+ ][0-9]{2}:[0-9]{2})\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Rfc3339();
}
