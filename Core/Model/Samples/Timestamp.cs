namespace TimeSeries.Core.Model.Samples;

/// <summary>A sample's time: milliseconds since the Unix epoch, UTC.</summary>
public readonly record struct Timestamp(long Milliseconds) : IComparable<Timestamp>
{
    public int CompareTo(Timestamp other) => Milliseconds.CompareTo(other.Milliseconds);

    public static bool operator <(Timestamp left, Timestamp right) => left.Milliseconds < right.Milliseconds;

    public static bool operator >(Timestamp left, Timestamp right) => left.Milliseconds > right.Milliseconds;

    public static bool operator <=(Timestamp left, Timestamp right) => left.Milliseconds <= right.Milliseconds;

    public static bool operator >=(Timestamp left, Timestamp right) => left.Milliseconds >= right.Milliseconds;

    /// <summary>The present of a clock.</summary>
    public static Timestamp Now(TimeProvider clock) => new(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
