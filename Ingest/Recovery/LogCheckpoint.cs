using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Idempotency;
using TimeSeries.Ingest.Quotas;

namespace TimeSeries.Ingest.Recovery;

/// <summary>Lets the log forget what the store has, after the idempotency keys in it are in their journal, and the samples of the day in their file.</summary>
internal sealed partial class LogCheckpoint(
    ISampleStore store, SequencedLog log, IdempotencyCache ids, IdempotencyJournal journal, ProjectQuotas quotas, DayCounts days, TimeProvider clock,
    ILogger<LogCheckpoint> logger) : BackgroundService
{
    // Seals come minutes apart; a second later is soon enough.
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    // Held by a step, and by who looks at the journal's files between two steps. Guards all below.
    private readonly Lock _gate = new();
    private LogPosition _forgotten;
    private bool _failing;

    /// <summary>Forgets what can be. A fault is told and the next call tries again.</summary>
    public void Run()
    {
        lock (_gate)
        {
            Forget();
        }
    }

    /// <summary>Gives what is read of the journal's files while none of them is written or deleted.</summary>
    public T BetweenSteps<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }

    private void Forget()
    {
        LogPosition through = store.StoredThrough;
        if (through <= _forgotten)
        {
            return;
        }

        List<IdempotencyRecord> taken = ids.TakeForJournal();
        try
        {
            // The number first: what comes between the two counts twice after a kill rather than not at all.
            long number = log.NextNumber;
            days.Save(number, quotas.FindDays());
            journal.Append(taken, log.NextNumber);
            log.Log.Truncate(through);
            _forgotten = through;
            _failing = false;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            ids.PutBack(taken);
            if (!_failing)
            {
                LogFault(fault);
            }

            _failing = true;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(_period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Run();
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops; the next start reads what the log still has.
        }
    }

    [LoggerMessage(2006, LogLevel.Error,
        "A file that keeps idempotency keys, or samples of the day, can't be written, so the WAL keeps what the store has. It is tried again.")]
    private partial void LogFault(Exception fault);
}
