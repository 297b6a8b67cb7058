using System.Runtime.CompilerServices;

namespace TimeSeries.Hosting.Web;

/// <summary>
/// Where long computations of a request run: <c>await WorkerThread.Switch</c> goes on on a worker of the thread pool. A request may begin on the thread that
/// received it (see <see cref="SocketThreads"/>), which receives for other connections too. Thread safe.
/// </summary>
public static class WorkerThread
{
    /// <summary>Goes on at once where a worker runs already.</summary>
    public static SwitchAwaitable Switch => default;

    /// <summary>What is awaited.</summary>
    public readonly struct SwitchAwaitable : ICriticalNotifyCompletion
    {
        public bool IsCompleted => Thread.CurrentThread.IsThreadPoolThread;

        public SwitchAwaitable GetAwaiter() => this;

        public void GetResult()
        {
            // There is nothing to give back.
        }

        public void OnCompleted(Action continuation) => ThreadPool.QueueUserWorkItem(static next => next(), continuation, preferLocal: false);

        public void UnsafeOnCompleted(Action continuation) => ThreadPool.UnsafeQueueUserWorkItem(static next => next(), continuation, preferLocal: false);
    }
}

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
