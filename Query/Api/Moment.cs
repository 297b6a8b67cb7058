using System.Globalization;
using System.Text.RegularExpressions;

namespace TimeSeries.Query.Api;

/// <summary>Reads moments as callers write them: epoch milliseconds, or RFC 3339.</summary>
internal static partial class Moment
{
    private const int MostDigits = 13;

    /// <summary>
    /// The moment in ms. A fraction finer than that is rounded up: times are whole, so the same samples lie before and behind.
    /// </summary>
    public static bool TryRead(string text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length is > 0 and <= MostDigits && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
        {
            milliseconds = long.Parse(text, CultureInfo.InvariantCulture);
            return true;
        }

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

    [GeneratedRegex(
        @"^(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt](?<time>[0-9]{2}:[0-9]{2}:[0-9]{2})"
        + @"(\.(?<fraction>[0-9]{1,20}))?(?<zone>[Zz]|[-+ ][0-9]{2}:[0-9]{2})\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Rfc3339();
}
