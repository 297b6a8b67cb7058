using System.Collections.Concurrent;

namespace TimeSeries.Core.Threads;

/// <summary>
/// A thread for long computations, which run one after the other in the order given. So the thread pool keeps all its workers for requests. Thread safe.
/// </summary>
internal sealed class DedicatedThread : IDisposable
{
    private readonly BlockingCollection<Task> _jobs = [];
    private readonly Thread _thread;

    // Held while the end is told: the thread must not dispose of what tells it before that is through.
    private readonly Lock _ending = new();
    private bool _hasEnded;

    /// <param name="name">Its name in debuggers and profilers.</param>
    public DedicatedThread(string name)
    {
        _thread = new Thread(RunJobs) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Whether the caller is one of its computations.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Runs a computation on the thread; the task ends as it does, with its exception if it throws one.</summary>
    /// <exception cref="InvalidOperationException">The thread was disposed of.</exception>
    public Task RunAsync(Action compute)
    {
        Task job = new(compute, TaskCreationOptions.RunContinuationsAsynchronously);
        _jobs.Add(job);
        return job;
    }

    /// <summary>Lets the thread end after the computations that it has.</summary>
    public void Dispose()
    {
        lock (_ending)
        {
            if (!_hasEnded)
            {
                _hasEnded = true;
                _jobs.CompleteAdding();
            }
        }
    }

    private void RunJobs()
    {
        foreach (Task job in _jobs.GetConsumingEnumerable())
        {
            job.RunSynchronously(TaskScheduler.Default);
        }

        lock (_ending)
        {
            _jobs.Dispose();
        }
    }
}
