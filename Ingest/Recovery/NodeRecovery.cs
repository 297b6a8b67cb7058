using TimeSeries.Core.Codecs;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Running;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Idempotency;
using TimeSeries.Ingest.Shipping;

namespace TimeSeries.Ingest.Recovery;

/// <summary>
/// Brings a node to where it was before the host listens: keys from journal and log into memory, batches that the store does not have from the
/// log into the store (unless it is fed from the log anyway), and the sequence number and the number of the unit behind everything.
/// </summary>
internal sealed partial class NodeRecovery(
    DataDirectory directory, StoreRoute route, WriteAheadLog log, IdempotencyCache ids, IdempotencyJournal journal, SequenceNumbers numbers, RollupUnitClock marks,
    ShippingLag progress, SampleBatchPool batches, ILogger<NodeRecovery> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        LogDirectory(directory.Path);
        numbers.SkipTo(journal.Restore(ids));
        await ReplayAsync(cancellationToken);
        if (directory.IsFromElsewhere)
        {
            LeaveElsewhere();
        }
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        LogStopped(log.End.Offset, route.Store.StoredThrough.Offset);
        return Task.CompletedTask;
    }

    // Only a shared store can mix up the points of two machines; the embedded one has its files for itself.
    private void LeaveElsewhere()
    {
        string machine = directory.Machine;
        if (route.LogFed is null || !directory.IsSurelyFromElsewhere)
        {
            LogFromElsewhere(directory.Path, machine);
            return;
        }

        try
        {
            directory.BeginNode(numbers.Next);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{directory.Path} was made on another machine, and the node file that would tell the two apart can't be written: {fault.Message}", fault);
        }

        LogNewNode(directory.Path, machine, directory.NodeIdOf(numbers.Next));
    }

    private async Task ReplayAsync(CancellationToken cancellationToken)
    {
        LogPosition stored = route.Store.StoredThrough;
        long replayed = 0;
        Timestamp? firstWaiting = null;
        using LogReader reader = log.Read(log.Start);
        while (reader.TryRead(out LogPosition end, out ReadOnlyMemory<byte> record))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!RecordHeader.TryRead(record.Span, out RecordHeader header, out int length))
            {
                throw new StartRefusedException($"The log has a record at {end.Offset} that this version does not know; start the version that wrote it.");
            }

            numbers.SkipTo(header.FirstNumber + header.RowCount);
            if (header.Id is { } key)
            {
                ids.Restore(new IdempotencyRecord(key, header.Received, end, header.Counts), RestoredFrom.Log);
            }

            if (header.Type == RecordType.Mark)
            {
                marks.SkipTo(header.Pcode);
            }

            if (end > stored && header.RowCount > 0)
            {
                firstWaiting ??= header.Received;
            }

            if (route.LogFed is null && end > stored && header.RowCount > 0)
            {
                await ApplyAsync(header, record[length..], end, cancellationToken);
                replayed += header.RowCount;
            }
        }

        progress.Expect(firstWaiting);
        foreach (LogDamage damage in log.Damage.Concat(reader.Damage))
        {
            LogDamaged(damage);
        }

        if (replayed > 0)
        {
            LogReplayed(replayed);
        }
    }

    private async ValueTask ApplyAsync(RecordHeader header, ReadOnlyMemory<byte> payload, LogPosition end, CancellationToken cancellationToken)
    {
        SampleBatch samples = batches.Rent();
        if (BatchCodec.TryRead(payload.Span, samples, out string? reason))
        {
            ValidBatch batch = new(header.Pcode, samples) { FirstNumber = header.FirstNumber };
            await route.Store.WriteAsync(batch, end, cancellationToken);
        }
        else
        {
            LogUnreadable(end.Offset, header.RowCount, reason);
        }

        batches.Return(samples);
    }

    [LoggerMessage(2010, LogLevel.Information, "The storage directory is {Path}.")]
    private partial void LogDirectory(string path);

    [LoggerMessage(2011, LogLevel.Information, "{Samples} samples were read from the log into the store.")]
    private partial void LogReplayed(long samples);

    [LoggerMessage(2012, LogLevel.Error, "The log is damaged: {Damage}")]
    private partial void LogDamaged(LogDamage damage);

    [LoggerMessage(2013, LogLevel.Error, "The log's record that ends at {Position} holds {Samples} samples that can't be read: {Reason}.")]
    private partial void LogUnreadable(long position, int samples, string? reason);

    [LoggerMessage(2014, LogLevel.Warning,
        "{Path} was made on another machine ({Machine}). If that one still runs on a copy of it, give this one a directory of its own.")]
    private partial void LogFromElsewhere(string path, string machine);

    [LoggerMessage(2016, LogLevel.Warning,
        "{Path} was made on another machine ({Machine}). From here on its samples are those of a new node, {NodeId:x16}, so that they stay apart from those of the other machine.")]
    private partial void LogNewNode(string path, string machine, ulong nodeId);

    [LoggerMessage(2015, LogLevel.Information, "Stopped. The log ends at {Position}, the store has it through {Stored}; the next start reads the rest from the log.")]
    private partial void LogStopped(long position, long stored);
}
