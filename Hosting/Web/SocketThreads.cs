namespace TimeSeries.Hosting.Web;

/// <summary>
/// Whether requests run on the threads that receive them, which are as many as processors, instead of on workers of the thread pool. Waking a worker
/// takes 15 to 20 µs, and a push of 100 samples 120 µs in all. What computes for long leaves these threads (<see cref="WorkerThread"/>), and nothing
/// on them may block.
/// </summary>
public static class SocketThreads
{
    // The only way: the runtime has no setting in runtimeconfig.json for it. See SocketTransportOptions.UnsafePreferInlineScheduling.
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// Makes requests run where they are received, for the whole process, unless the environment says otherwise. Call before the first socket.
    /// </summary>
    public static void RunRequests()
    {
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }
    }
}
