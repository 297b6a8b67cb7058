namespace TimeSeries.Ui.Data;

/// <summary>
/// Says how long results of live ranges stand. Queries of all pages together may take a part of the time, so that looking does not hold up what is looked
/// at: the longer they take, the more seldom they are made. Thread safe.
/// </summary>
public sealed class LiveBudget(TimeProvider clock)
{
    /// <summary>The response header that tells a chart how long its data stands, in ms.</summary>
    public const string Header = "x-stands-ms";

    /// <summary>How long a result stands at least.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    // What is older than this nobody calls live.
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(1);

    // A twentieth of the time: what is taken in must be 0.95 of what it is without pages.
    private const int Part = 20;

    // Guards _free, the moment until which the part of the time is used up.
    private readonly Lock _lock = new();
    private TimeSpan _free;
    private readonly long _begin = clock.GetTimestamp();

    /// <summary>How long a result stands that was made just now.</summary>
    /// <param name="work">How long it took to make.</param>
    public TimeSpan Take(TimeSpan work)
    {
        lock (_lock)
        {
            TimeSpan now = clock.GetElapsedTime(_begin);
            TimeSpan free = (_free > now ? _free : now) + (work * Part);
            _free = free < now + _longest ? free : now + _longest;
            return _free - now > Shortest ? _free - now : Shortest;
        }
    }
}
