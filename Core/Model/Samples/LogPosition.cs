namespace TimeSeries.Core.Model.Samples;

/// <summary>
/// A place in the durable log: the number of bytes written to it before, over all its segments. A record's position is the place behind it,
/// so "through position p" includes the record that ends at p.
/// </summary>
public readonly record struct LogPosition(long Offset) : IComparable<LogPosition>
{
    public static LogPosition Start { get; }

    public int CompareTo(LogPosition other) => Offset.CompareTo(other.Offset);

    public static bool operator <(LogPosition left, LogPosition right) => left.Offset < right.Offset;

    public static bool operator >(LogPosition left, LogPosition right) => left.Offset > right.Offset;

    public static bool operator <=(LogPosition left, LogPosition right) => left.Offset <= right.Offset;

    public static bool operator >=(LogPosition left, LogPosition right) => left.Offset >= right.Offset;
}

/// <summary>Where a sample stands among all of its kind: no two have the same place, and it never changes.</summary>
/// <param name="Time">Its time, in ms.</param>
/// <param name="Node">Identity of the node that took it.</param>
/// <param name="Number">Its sequence number there.</param>
public readonly record struct SampleId(long Time, ulong Node, long Number);
