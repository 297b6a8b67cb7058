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
