namespace TimeSeries.Core.Threads;

/// <summary>
/// Lets requests go before background work on the processors that they share. A request's thread that wakes up on a busy processor waits there for
/// milliseconds, even while another processor is idle. So long computations call <see cref="Step"/> about every 0.1 ms.
/// Each background task has its own; not thread safe.
/// </summary>
public abstract class CooperativeYield
{
    /// <summary>Work that somebody waits for. Thread safe.</summary>
    public static CooperativeYield Urgent { get; } = new UrgentWork();

    /// <summary>Lets threads run that wait for this processor, unless the work is urgent. Costs less than a microsecond when none waits.</summary>
    public void Step()
    {
        if (!IsUrgent())
        {
            Thread.Yield();
            Resume();
        }
    }

    /// <summary>Whether requests wait for this work, so that it must not wait for them. Called once a step.</summary>
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
