using System.Runtime.ExceptionServices;

namespace TimeSeries.Benchmarks.Compare;

/// <summary>Runs one piece of blocking work on several threads of its own.</summary>
internal static class Workers
{
    /// <summary>Runs it, each thread with its number from 0 on, until all have ended.</summary>
    /// <exception cref="Exception">What the first thread that failed threw.</exception>
    public static void Run(int count, Action<int> work)
    {
        Exception? first = null;
        Thread[] threads = new Thread[count];
        for (int i = 0; i < count; i++)
        {
            int number = i;
            threads[i] = new Thread(() =>
            {
                try
                {
                    work(number);
                }
                catch (Exception fault)
                {
                    Interlocked.CompareExchange(ref first, fault, null);
                }
            })
            {
                IsBackground = true,
            };
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        if (first is not null)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }
}
