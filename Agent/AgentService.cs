using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using TimeSeries.Agent.Delivery;

namespace TimeSeries.Agent;

/// <summary>Runs the agent while the host runs: collects from its start, sends, counts threads, and sends what is left when the host stops.</summary>
internal sealed class AgentService(TimeSeriesAgent agent, TimeProvider clock) : IHostedService, IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    // Ends the last sends of a stop, which the loop's own token does not.
    private readonly CancellationTokenSource _ended = new();
    private Task _loop = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (agent.Options.Enabled)
        {
            agent.BeginCollecting();

            // Nothing of the caller's belongs to what is sent, least of all its activity.
            using (ExecutionContext.SuppressFlow())
            {
                _loop = Task.Run(RunAsync, CancellationToken.None);
            }
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!agent.Options.Enabled)
        {
            return;
        }

        agent.EndCollecting();
        using CancellationTokenRegistration impatient = cancellationToken.Register(_ended.Cancel);
        using ITimer late = clock.CreateTimer(_ => _ended.Cancel(), null, agent.Options.ShutdownTimeout, Timeout.InfiniteTimeSpan);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        agent.EndCollecting();
        await _ended.CancelAsync().ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _ended.Dispose();
        _stopping.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "The application must never see a fault of the agent; it is logged, and the loop goes on.")]
    private async Task RunAsync()
    {
        long threadsCounted = 0;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await agent.Queue.WaitAsync(agent.Options.FlushInterval, clock, _stopping.Token).ConfigureAwait(false);
                if (IsDue(threadsCounted))
                {
                    threadsCounted = clock.GetTimestamp();
                    CountThreads();
                }

                await agent.SendAsync(_stopping.Token, _ended.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // The last samples go below.
            }
            catch (Exception fault)
            {
                agent.Sink.Fault(fault);
            }

            agent.Report(isLast: false);
        }

        await FinishAsync().ConfigureAwait(false);
    }

    [SuppressMessage("Design", "CA1031", Justification = "The application must never see a fault of the agent; it is logged.")]
    private async Task FinishAsync()
    {
        try
        {
            await agent.SendAsync(_stopping.Token, _ended.Token).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            agent.Sink.Fault(fault);
        }

        agent.Queue.DropAll();
        agent.Report(isLast: true);
    }

    private bool IsDue(long counted) =>
        agent.Options.ThreadInterval > TimeSpan.Zero && (counted == 0 || clock.GetElapsedTime(counted) >= agent.Options.ThreadInterval);

    private void CountThreads()
    {
        using Process process = Process.GetCurrentProcess();
        agent.Sink.Add(new QueuedSample
        {
            Kind = SampleKind.Thread,
            Time = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Count = process.Threads.Count,
        });
    }
}
