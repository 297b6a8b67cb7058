using System.Globalization;
using System.Text;
using System.Threading.Channels;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Ingest.Quotas;

/// <summary>
/// Writes events of quotas that are used up into the project concerned, with the codes of NCP's API Gateway. Whoever notes one waits for nothing; an event that
/// can't be written is counted and lost. Thread safe.
/// </summary>
internal sealed partial class QuotaEvents(
    BatchValidator validator, IBatchSubmitter submitter, SampleBatchPool batches, SampleBatchBuilderPool builders, IngestInstruments instruments,
    TimeProvider clock, ILogger<QuotaEvents> logger) : BackgroundService
{
    // A minute's events of more projects than are likely to exceed quotas at the same time; each takes some hundred bytes.
    private const int MostWaiting = 1_024;

    private static readonly TimeSpan _betweenLogs = TimeSpan.FromMinutes(1);

    private readonly Channel<QuotaEvent> _waiting = Channel.CreateBounded<QuotaEvent>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private long? _loggedAt;

    /// <summary>Notes an event, which is written soon.</summary>
    /// <param name="pcode">The project.</param>
    /// <param name="quota">What is used up.</param>
    /// <param name="detail">A sentence about it.</param>
    /// <param name="refused">How many pushes were refused for it since the last such event.</param>
    public void Write(long pcode, Quota quota, string detail, long refused)
    {
        // A channel that is full refuses.
        if (!_waiting.Writer.TryWrite(new QuotaEvent(pcode, quota, detail, refused, Timestamp.Now(clock))))
        {
            instruments.CountEvent(isStored: false);
        }
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        return base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (QuotaEvent noted in _waiting.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                CommitOutcome outcome = await WriteAsync(noted);
                instruments.CountEvent(outcome == CommitOutcome.Stored);
                if (outcome != CommitOutcome.Stored)
                {
                    ReportLost(noted.Pcode, outcome, null);
                }
            }
            catch (Exception failure)
            {
                // The next event is another try, and no push may suffer from this one.
                instruments.CountEvent(isStored: false);
                ReportLost(noted.Pcode, CommitOutcome.LogUnavailable, failure);
            }
        }
    }

    private async Task<CommitOutcome> WriteAsync(QuotaEvent noted)
    {
        SampleBatch samples = batches.Rent();
        SampleBatchBuilder builder = builders.Rent();
        bool isDelayed = false;
        try
        {
            builder.Reset(samples);
            Build(noted, builder.Of(Kind.Event));
            ValidationResult validated = validator.Validate(builder, noted.Pcode, Timestamp.Now(clock));
            if (validated.Batch is not { } batch)
            {
                throw new InvalidOperationException($"The event of a quota is no valid sample: {builder.Rejected.List(1)[0].Reason}.");
            }

            CommitResult result = await submitter.SubmitAsync(batch, key: null, new BatchCounts(1, 0, 0, validated.Truncated), validated.MadeIds);
            isDelayed = result.Outcome == CommitOutcome.Delayed;
            return result.Outcome;
        }
        finally
        {
            builders.Return(builder);
            if (!isDelayed)
            {
                batches.Return(samples);
            }
        }
    }

    // EU400 is an exceeded quota, EU410 an exceeded throttle (requests a second), EU420 an exceeded rate (usage a second). The first lasts until midnight.
    private static void Build(in QuotaEvent noted, KindBuilder events)
    {
        (string level, string type) = noted.Quota switch
        {
            Quota.SamplesPerDay => ("ALERT", "EU400"),
            Quota.RequestsPerSecond => ("ALARM", "EU410"),
            Quota.BytesPerSecond => ("ALARM", "EU420"),
            _ => throw new InvalidOperationException($"{noted.Quota} is no quota."),
        };
        string pushes = noted.Refused == 1 ? "One push was" : string.Create(CultureInfo.InvariantCulture, $"{noted.Refused} pushes were");
        events.Set(events.Schema.Ordinal("time"), noted.At.Milliseconds);
        events.Set(events.Schema.Ordinal("level"), Encoding.UTF8.GetBytes(level));
        events.Set(events.Schema.Ordinal("type"), Encoding.UTF8.GetBytes(type));
        events.Set(events.Schema.Ordinal("message"), Encoding.UTF8.GetBytes($"{noted.Detail} {pushes} refused with 429 since the last such event."));
        events.EndRow();
    }

    private void ReportLost(long pcode, CommitOutcome outcome, Exception? failure)
    {
        if (_loggedAt is not { } logged || clock.GetElapsedTime(logged) >= _betweenLogs)
        {
            _loggedAt = clock.GetTimestamp();
            LogLost(failure, pcode, outcome);
        }
    }

    [LoggerMessage(2041, LogLevel.Warning, "Project {Pcode} exceeded a quota, and the event that says so could not be stored ({Outcome}).")]
    private partial void LogLost(Exception? failure, long pcode, CommitOutcome outcome);

    private readonly record struct QuotaEvent(long Pcode, Quota Quota, string Detail, long Refused, Timestamp At);
}
