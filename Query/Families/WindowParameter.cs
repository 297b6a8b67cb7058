using System.Globalization;

namespace TimeSeries.Query.Families;

/// <summary>The length of windows as a caller writes it: whole seconds that divide a day.</summary>
internal static class WindowParameter
{
    private const int SecondsPerDay = 86_400;
    private const int MillisecondsPerSecond = 1_000;
    private const int MostDigits = 5;

    /// <summary>Reads a length like <c>10s</c>, <c>5m</c>, <c>1h</c>, <c>1d</c> (null: no windows, 0); or what is wrong with it.</summary>
    public static string? TryRead(string? text, out long milliseconds)
    {
        milliseconds = 0;
        if (text is null)
        {
            return null;
        }

        int unit = text.Length is 0 or > MostDigits + 1 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => SecondsPerDay, _ => 0 };
        if (unit == 0 || !int.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            || count == 0 || SecondsPerDay % ((long)count * unit) != 0)
        {
            return $"window must be whole seconds that divide a day, like 10s, 5m, 1h or 1d, found \"{text}\".";
        }

        milliseconds = (long)count * unit * MillisecondsPerSecond;
        return null;
    }
}
