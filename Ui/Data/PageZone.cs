using System.Globalization;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Ui.Data;

/// <summary>The zone of the times that a page shows. Immutable.</summary>
public sealed class PageZone
{
    /// <summary>The zone's name in an address where it is the browser's.</summary>
    public const string OfBrowser = "browser";

    private const long DayMilliseconds = 86_400_000;
    private const long LeastMoment = -62_135_596_800_000;
    private const long GreatestMoment = 253_402_300_799_999;

    // Ten years: nobody sees an hour in a chart of more.
    private const long MostDays = 3_653;

    private readonly TimeZoneInfo _zone;

    private PageZone(TimeZoneInfo zone, string name)
    {
        _zone = zone;
        Name = name;
    }

    /// <summary>What is shown beside times.</summary>
    public string Name { get; }

    public static PageZone Utc { get; } = new(TimeZoneInfo.Utc, "UTC");

    /// <summary>The zone that an address names.</summary>
    /// <param name="name">What the address says.</param>
    /// <param name="browserZone">The browser's zone, like <c>Asia/Seoul</c>.</param>
    /// <param name="browserOffsetMinutes">How far it is ahead of UTC now, where the machine does not know the zone.</param>
    public static PageZone Of(string name, string browserZone, int browserOffsetMinutes)
    {
        if (name == OfBrowser)
        {
            return browserZone.Length > 0 && TimeZoneInfo.TryFindSystemTimeZoneById(browserZone, out TimeZoneInfo? found)
                ? new PageZone(found, browserZone)
                : Fixed(TimeSpan.FromMinutes(browserOffsetMinutes));
        }

        return TryReadOffset(name, out TimeSpan offset) ? Fixed(offset) : Utc;
    }

    /// <summary>Milliseconds by which the zone's clocks are ahead of UTC at a moment.</summary>
    public long OffsetAt(long milliseconds) =>
        (long)_zone.GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, LeastMoment, GreatestMoment))).TotalMilliseconds;

    /// <summary>The offsets of a range, each with the moment from which it holds: more than one where clocks change.</summary>
    public IReadOnlyList<long[]> OffsetsIn(TimeRange range)
    {
        List<long[]> offsets = [[range.From, OffsetAt(range.From)]];
        long end = Math.Min(range.To, range.From + (MostDays * DayMilliseconds));
        for (long day = range.From; day < end; day += DayMilliseconds)
        {
            long low = day, high = Math.Min(day + DayMilliseconds, end);
            if (OffsetAt(low) == OffsetAt(high))
            {
                continue;
            }

            long before = OffsetAt(low);
            while (high - low > 1)
            {
                long middle = low + ((high - low) / 2);
                (low, high) = OffsetAt(middle) == before ? (middle, high) : (low, middle);
            }

            offsets.Add([high, OffsetAt(high)]);
        }

        return offsets;
    }

    /// <summary>The start of the day that a moment is in.</summary>
    public long StartOfDay(long milliseconds)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), _zone);
        DateTime midnight = local.Date;
        return new DateTimeOffset(midnight, _zone.GetUtcOffset(midnight)).ToUnixTimeMilliseconds();
    }

    /// <summary>A moment as people read it, with milliseconds.</summary>
    public string Show(long milliseconds) => milliseconds is < LeastMoment or > GreatestMoment
        ? milliseconds.ToString(CultureInfo.InvariantCulture)
        : TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), _zone)
            .ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>A moment as the browser's input of local times has it, to the minute.</summary>
    public string ToLocal(long milliseconds) => Show(milliseconds)[..16].Replace(' ', 'T');

    /// <summary>Reads a moment from the browser's input of local times. One that clocks jump over is an hour later.</summary>
    public bool TryReadLocal(string text, out long milliseconds)
    {
        bool isTime = DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local) && local.Year is > 1970 and < 9999;
        if (isTime && _zone.IsInvalidTime(local))
        {
            local = local.AddHours(1);
        }

        milliseconds = isTime ? new DateTimeOffset(local, _zone.GetUtcOffset(local)).ToUnixTimeMilliseconds() : 0;
        return isTime;
    }

    private static PageZone Fixed(TimeSpan offset)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}");
        return offset == TimeSpan.Zero ? Utc : new PageZone(TimeZoneInfo.CreateCustomTimeZone(name, offset, name, name), name);
    }

    private static bool TryReadOffset(string text, out TimeSpan offset)
    {
        offset = default;
        bool isOffset = text is ['+' or '-', ..] && TimeSpan.TryParseExact(text[1..], @"hh\:mm", CultureInfo.InvariantCulture, out offset)
            && offset <= TimeSpan.FromHours(14);
        offset = text is ['-', ..] ? -offset : offset;
        return isOffset;
    }
}
