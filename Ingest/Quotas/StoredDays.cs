using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Projects;
using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Quotas;

/// <summary>
/// Finds what the store has of the UTC day for projects with a limit of samples a day: at the start, so that a restart gives no second day, and later for those
/// that get such a limit. The embedded store is asked before the host listens. A shared one may be away, so nobody waits for it, and it is asked once it has
/// what was in the WAL; until then what this node stored itself counts.
/// </summary>
internal sealed partial class StoredDays(
    ProjectDirectory projects, ProjectQuotas quotas, DayCounts days, ISampleReader reader, StoreRoute route, SequencedLog log, TimeProvider clock,
    ILogger<StoredDays> logger) : BackgroundService
{
    private const long DayMilliseconds = 86_400_000;

    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _retryPeriod = TimeSpan.FromMinutes(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (Project project in projects.All)
        {
            if (project.Limits?.SamplesPerDay is null || quotas.BeginCount(project) is not { } quota)
            {
                continue;
            }

            quota.AddKept(days.Of(quota.Pcode, quota.CountedDay));
            if (route.LogFed is not null || !await TryCountAsync(quota, cancellationToken))
            {
                quotas.Uncounted.Writer.TryWrite(quota);
            }
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<Waiting> waiting = [];
        try
        {
            while (true)
            {
                if (waiting.Count == 0)
                {
                    await quotas.Uncounted.Reader.WaitToReadAsync(stoppingToken);
                }
                else
                {
                    await Task.Delay(_period, clock, stoppingToken);
                }

                while (quotas.Uncounted.Reader.TryRead(out ProjectQuota? quota))
                {
                    waiting.Add(new Waiting(quota, log.Log.End));
                }

                for (int i = waiting.Count - 1; i >= 0; i--)
                {
                    if (await IsDoneAsync(waiting[i], stoppingToken))
                    {
                        waiting.RemoveAt(i);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task<bool> IsDoneAsync(Waiting one, CancellationToken cancellationToken)
    {
        bool isEarly = one.TriedAt is { } tried && clock.GetElapsedTime(tried) < _retryPeriod;
        if (isEarly || (route.LogFed is { } store && store.ConfirmedThrough < one.LogEnd))
        {
            return false;
        }

        one.TriedAt = clock.GetTimestamp();
        return await TryCountAsync(one.Quota, cancellationToken);
    }

    private async Task<bool> TryCountAsync(ProjectQuota quota, CancellationToken cancellationToken)
    {
        // While pushes wait, all is in the store; later, what has come since is counted already.
        long to = route.LogFed is null && !quota.Counted.Task.IsCompleted ? quota.CountedDay + DayMilliseconds : quota.CountsSince;
        try
        {
            long samples = 0;
            foreach (KindSchema schema in SampleSchema.All)
            {
                SampleQuery query = new()
                {
                    Pcode = quota.Pcode,
                    Kind = schema.Kind,
                    Range = new TimeRange(quota.CountedDay, to),
                    Measures = [new Measure(MeasureKind.Count)],
                };
                using QueryResult result = await reader.QueryAsync(query, cancellationToken);
                samples += result.RowCount == 0 ? 0 : result.Count(0, 0);
            }

            quota.AddStored(samples);
            LogCounted(quota.Pcode, samples);
            return true;
        }
        catch (Exception fault) when (fault is StoreUnavailableException or IOException)
        {
            LogUnknown(fault, quota.Pcode);
            return false;
        }
        finally
        {
            quota.Counted.TrySetResult();
        }
    }

    [LoggerMessage(2042, LogLevel.Debug, "Project {Pcode} has stored {Samples} samples of the UTC day.")]
    private partial void LogCounted(long pcode, long samples);

    [LoggerMessage(2043, LogLevel.Warning,
        "The store can't tell what project {Pcode} has stored of the UTC day, so what this process knows of counts. It is asked again in a minute.")]
    private partial void LogUnknown(Exception fault, long pcode);

    /// <summary>A project whose day is not known yet.</summary>
    private sealed class Waiting(ProjectQuota quota, LogPosition logEnd)
    {
        public ProjectQuota Quota => quota;

        /// <summary>Through here a shared store must have the WAL first.</summary>
        public LogPosition LogEnd => logEnd;

        /// <summary>When the store was asked last; a timestamp.</summary>
        public long? TriedAt { get; set; }
    }
}
