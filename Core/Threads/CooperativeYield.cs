namespace TimeSeries.Core.Threads;

/// <summary>
/// How work in the background goes about the processors that it shares with requests. A request's thread that wakes up on a processor which computes waits
/// there for milliseconds, even while another processor stands still. So long computations stop at <see cref="Step"/> every tenth of a millisecond or so and
/// let it go first. Each piece of work has its own; not thread safe.
/// </summary>
public abstract class CooperativeYield
{
    /// <summary>Work that somebody waits for. Thread safe.</summary>
    public static CooperativeYield Urgent { get; } = new UrgentWork();

    /// <summary>Lets threads run that wait for this one's processor, if any do and the work is not urgent. Costs less than a microsecond otherwise.</summary>
    public void Step()
    {
        if (!IsUrgent())
        {
            Thread.Yield();
            Resume();
        }
    }

    /// <summary>Whether requests wait for the work itself, so that it had better not wait for them. Asked once a step.</summary>
    protected abstract bool IsUrgent();

    /// <summary>The others have run.</summary>
    protected virtual void Resume()
    {
    }

    private sealed class UrgentWork : CooperativeYield
    {
        protected override bool IsUrgent() => true;
    }
}
