namespace TimeSeries.Core.Threads;

/// <summary>
/// How work in the background goes about the processors that it shares with requests. A request's thread that wakes up on a processor which computes waits there for milliseconds, even while another
/// processor stands still, and with it whatever the thread pool had it begin. So long computations stop at <see cref="Step"/> every tenth of a millisecond or so and let it go first. Thread safe.
/// </summary>
/// <param name="isUrgent">Whether requests wait for the work itself, so that it had better not wait for them.</param>
public sealed class WorkPace(Func<bool> isUrgent)
{
    /// <summary>Work that somebody waits for.</summary>
    public static WorkPace Urgent { get; } = new(() => true);

    /// <summary>Lets threads run that wait for this one's processor, if any do and the work is not urgent. Costs less than a microsecond otherwise.</summary>
    public void Step()
    {
        if (!isUrgent())
        {
            Thread.Yield();
        }
    }
}
