using System.Collections.Concurrent;

namespace TimeSeries.Simulation.Node;

/// <summary>Runs tasks, and what follows what they wait for, when it is told to: on the caller's thread, in order.</summary>
internal sealed class StepScheduler : TaskScheduler
{
    private readonly ConcurrentQueue<Task> _tasks = [];

    /// <summary>Begins something; it runs with <see cref="Drain"/>.</summary>
    public Task Begin(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>Runs all that can go on.</summary>
    public void Drain()
    {
        while (_tasks.TryDequeue(out Task? task))
        {
            TryExecuteTask(task);
        }
    }

    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;

    protected override void QueueTask(Task task) => _tasks.Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
}
