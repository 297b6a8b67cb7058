using System.Text;
using System.Threading.Channels;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Ingest.Health;

/// <summary>
/// Writes events of what the host notices (a quota that is used up, a disk that is nearly full) into the project concerned, with the codes of NCP's API
/// Gateway. Whoever notes one waits for nothing, and notes the same at most once a minute. An event that can't be written is counted and lost. Thread safe.
/// </summary>
internal sealed partial class HostEvents(
    BatchValidator validator, IBatchSubmitter submitter, SampleBatchPool batches, SampleBatchBuilderPool builders, IngestInstruments instruments,
    TimeProvider clock, ILogger<HostEvents> logger) : BackgroundService
{
    // A minute's events of more projects than are likely to exceed quotas at the same time; each takes some hundred bytes.
    private const int MostWaiting = 1_024;

    private static readonly TimeSpan _betweenLogs = TimeSpan.FromMinutes(1);

    private readonly Channel<HostEvent> _waiting = Channel.CreateBounded<HostEvent>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private long? _loggedAt;

    /// <summary>Notes an event, which is written soon.</summary>
    /// <param name="pcode">The project.</param>
    /// <param name="level">Its level: EVENT, ALARM or ALERT.</param>
    /// <param name="type">Its code.</param>
    /// <param name="message">Sentences about it.</param>
    public void Write(long pcode, string level, string type, string message)
    {
        // A channel that is full refuses.
        if (!_waiting.Writer.TryWrite(new HostEvent(pcode, level, type, message, Timestamp.Now(clock))))
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
        await foreach (HostEvent noted in _waiting.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                CommitOutcome outcome = await WriteAsync(noted);
                instruments.CountEvent(outcome == CommitOutcome.Stored);
                if (outcome != CommitOutcome.Stored)
                {
                    ReportLost(noted, outcome, null);
                }
            }
            catch (Exception failure)
            {
                // The next event is another try, and no push may suffer from this one.
                instruments.CountEvent(isStored: false);
                ReportLost(noted, CommitOutcome.LogUnavailable, failure);
            }
        }
    }

    private async Task<CommitOutcome> WriteAsync(HostEvent noted)
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
                throw new InvalidOperationException($"The event is no valid sample: {builder.Rejected.List(1)[0].Reason}.");
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

    private static void Build(in HostEvent noted, KindBuilder events)
    {
        events.Set(events.Schema.Ordinal("time"), noted.At.Milliseconds);
        events.Set(events.Schema.Ordinal("level"), Encoding.UTF8.GetBytes(noted.Level));
        events.Set(events.Schema.Ordinal("type"), Encoding.UTF8.GetBytes(noted.Type));
        events.Set(events.Schema.Ordinal("message"), Encoding.UTF8.GetBytes(noted.Message));
        events.EndRow();
    }

    private void ReportLost(in HostEvent noted, CommitOutcome outcome, Exception? failure)
    {
        if (_loggedAt is not { } logged || clock.GetElapsedTime(logged) >= _betweenLogs)
        {
            _loggedAt = clock.GetTimestamp();
            LogLost(failure, noted.Type, noted.Pcode, outcome, noted.Message);
        }
    }

    [LoggerMessage(2041, LogLevel.Warning, "An event {Type} of project {Pcode} could not be stored ({Outcome}): {Message}")]
    private partial void LogLost(Exception? failure, string type, long pcode, CommitOutcome outcome, string message);

    private readonly record struct HostEvent(long Pcode, string Level, string Type, string Message, Timestamp At);
}
