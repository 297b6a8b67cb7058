using System.Globalization;

namespace TimeSeries.Core.Model.Samples;

/// <summary>A sample's time: milliseconds since the Unix epoch, UTC.</summary>
public readonly record struct Timestamp(long Milliseconds) : IComparable<Timestamp>
{
    /// <summary>The least milliseconds that a calendar has a day for: of the year 1.</summary>
    public const long LeastMoment = -62_135_596_800_000;

    /// <summary>The greatest: of the year 9999.</summary>
    public const long GreatestMoment = 253_402_300_799_999;

    /// <summary>The moment to the second, as ISO 8601; milliseconds where no calendar has it, as files may tell.</summary>
    public string Text => Milliseconds is < LeastMoment or > GreatestMoment
        ? string.Create(CultureInfo.InvariantCulture, $"{Milliseconds} ms")
        : DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    public int CompareTo(Timestamp other) => Milliseconds.CompareTo(other.Milliseconds);

    public static bool operator <(Timestamp left, Timestamp right) => left.Milliseconds < right.Milliseconds;

    public static bool operator >(Timestamp left, Timestamp right) => left.Milliseconds > right.Milliseconds;

    public static bool operator <=(Timestamp left, Timestamp right) => left.Milliseconds <= right.Milliseconds;

    public static bool operator >=(Timestamp left, Timestamp right) => left.Milliseconds >= right.Milliseconds;

    /// <summary>The present of a clock.</summary>
    public static Timestamp Now(TimeProvider clock) => new(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
