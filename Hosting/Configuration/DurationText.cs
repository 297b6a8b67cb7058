using System.Globalization;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Durations as people write them: <c>10m</c>, <c>1h</c>, <c>30d</c>, <c>500ms</c>, <c>00:10:00</c>. A bare number has no unit and is none.</summary>
public static class DurationText
{
    // Longer units first: "ms" ends in "s" too.
    private static readonly (string Unit, long Ticks)[] _units =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour), ("d", TimeSpan.TicksPerDay),
    ];

    /// <summary>The duration that the text means, or null when it is none.</summary>
    public static TimeSpan? Parse(string text)
    {
        ReadOnlySpan<char> number = text.AsSpan().Trim();
        if (number.Contains(':'))
        {
            return TimeSpan.TryParse(number, CultureInfo.InvariantCulture, out TimeSpan span) ? span : null;
        }

        foreach ((string unit, long ticks) in _units)
        {
            if (number.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                bool parsed = decimal.TryParse(
                    number[..^unit.Length].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                    out decimal count);
                return parsed && count <= (decimal)long.MaxValue / ticks ? new TimeSpan((long)(count * ticks)) : null;
            }
        }

        return null;
    }

    /// <summary>The shortest exact way to write a duration.</summary>
    public static string Format(TimeSpan duration)
    {
        for (int i = _units.Length - 1; i >= 0; i--)
        {
            if (duration.Ticks != 0 && duration.Ticks % _units[i].Ticks == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / _units[i].Ticks}{_units[i].Unit}");
            }
        }

        return duration.ToString("c", CultureInfo.InvariantCulture);
    }

    /// <summary>Converts durations.</summary>
    public sealed class Converter() : OptionConverter<TimeSpan>("a duration like 10m, 1h, 30d or 00:10:00", Parse, Format);
}
