namespace TimeSeries.Hosting.Web;

/// <summary>
/// Whether requests run on the threads that receive them, as many as there are processors, instead of on workers of the thread pool: for small pushes waking up
/// a worker takes longer than the work. What computes for long leaves them (<see cref="WorkerThread"/>), and nothing there may block.
/// </summary>
public static class SocketThreads
{
    // See SocketTransportOptions.UnsafePreferInlineScheduling: the runtime reads this one when the first socket is used.
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Has requests run where they are received, unless the environment says otherwise. For the whole process; before the first socket.</summary>
    public static void RunRequests()
    {
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }
    }
}
