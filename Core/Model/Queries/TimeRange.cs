namespace TimeSeries.Core.Model.Queries;

/// <summary>The times <c>[From, To)</c>, in ms since the Unix epoch.</summary>
public readonly record struct TimeRange(long From, long To)
{
    public static TimeRange All { get; } = new(long.MinValue, long.MaxValue);

    public bool IsEmpty => From >= To;

    public bool Contains(long time) => time >= From && time < To;

    /// <summary>Whether every time from <paramref name="first"/> to <paramref name="last"/>, both included, lies inside.</summary>
    public bool Covers(long first, long last) => first >= From && last < To;

    /// <summary>Whether some time from <paramref name="first"/> to <paramref name="last"/>, both included, lies inside.</summary>
    public bool Overlaps(long first, long last) => first < To && last >= From;

    public TimeRange Intersect(TimeRange other) => new(Math.Max(From, other.From), Math.Min(To, other.To));
}
