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
    DataDirectory directory, StoreRoute route, SequencedLog log, IdempotencyCache ids, IdempotencyJournal journal,
    ShippingLag progress, SampleBatchPool batches,
    ILogger<NodeRecovery> logger) : IHostedService
{
    // Read in a quarter of a second; a stop has ten.
    private const long MaxCountedBytes = 256L << 20;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        LogDirectory(directory.Path);
        ReportNode(directory, log.Log.Register);
        log.SkipTo(journal.Restore(ids));
        await ReplayAsync(cancellationToken);
        log.Log.NoteRecovered();
        if (directory.IsFromElsewhere)
        {
            LeaveElsewhere();
        }
    }

    /// <summary>Reports damaged files that tell who the node is.</summary>
    public static void ReportNode(DataDirectory directory, DamageRegister register)
    {
        if (directory.NodeDamage is { } damage)
        {
            const string Loss = "No sample is lost: the node's id stands in other files too. Which machine the directory was made on is forgotten.";
            register.Report(new FoundDamage(StoredFile.Node, directory.NodePath, 0, damage, Loss));
        }

        if (directory.HasDamagedInstance)
        {
            const string Loss = "No sample is lost. Whether another process writes for the node can't be told until this one has written.";
            register.Report(new FoundDamage(StoredFile.Node, directory.InstancePath, 0, "it can't be read", Loss));
        }
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        LogPosition has = route.LogFed?.ConfirmedThrough ?? route.Store.StoredThrough;
        LogPosition from = has > log.Log.Start ? has : log.Log.Start;
        long bytes = log.Log.End.Offset - from.Offset;
        if (bytes > MaxCountedBytes || CountSamples(from) is not { } samples)
        {
            LogStoppedWith(bytes);
        }
        else if (samples > 0)
        {
            LogStopped(samples);
        }
        else
        {
            LogStopped();
        }

        return Task.CompletedTask;
    }

    // Null when the WAL can't be read.
    private long? CountSamples(LogPosition from)
    {
        try
        {
            long samples = 0;
            using LogReader reader = log.Log.Read(from);
            while (reader.TryRead(out _, out ReadOnlyMemory<byte> record))
            {
                samples += RecordHeader.TryRead(record.Span, out RecordHeader header, out _) ? header.RowCount : 0;
            }

            return samples;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
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
            directory.BeginNode(log.NextNumber);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException(
                $"{directory.Path} was made on another machine, and the node file that would tell the two apart can't be written: {fault.Message}", fault);
        }

        LogNewNode(directory.Path, machine, directory.NodeIdOf(log.NextNumber));
    }

    private async Task ReplayAsync(CancellationToken cancellationToken)
    {
        LogPosition stored = route.Store.StoredThrough;
        long replayed = 0;
        Timestamp? firstWaiting = null;

        // What is between the two is missing: the reader reports it. A shared store whose checkpoint was lost knows nothing, and has it.
        bool isKnown = route.LogFed is null || stored > LogPosition.Start;
        if (isKnown)
        {
            log.Log.Lost.ReadAgain(log.Log.Start, stored);
        }

        LogPosition from = isKnown && stored < log.Log.Start ? stored : log.Log.Start;
        using LogReplayer replayer = new(log.Log, from, route.Store, batches);
        while (TryRead(replayer, out RecordHeader header, out LogPosition end))
        {
            cancellationToken.ThrowIfCancellationRequested();
            log.SkipPast(header);
            if (header.Id is { } key)
            {
                ids.Restore(new IdempotencyRecord(key, header.Received, end, header.Counts), RestoredFrom.Log);
            }

            if (end > stored && header.RowCount > 0)
            {
                firstWaiting ??= header.Received;

                // A store that is fed from the log gets the record later.
                replayed += route.LogFed is null ? await replayer.WriteAsync(header, end, cancellationToken) : 0;
            }
        }

        progress.Expect(firstWaiting);
        if (replayed > 0)
        {
            LogReplayed(replayed);
        }
    }

    private static bool TryRead(LogReplayer replayer, out RecordHeader header, out LogPosition end)
    {
        try
        {
            return replayer.TryRead(out header, out end);
        }
        catch (UnknownFormatException fault)
        {
            throw new StartRefusedException(fault.Message, fault);
        }
    }

    [LoggerMessage(2010, LogLevel.Information, "The storage directory is {Path}.")]
    private partial void LogDirectory(string path);

    [LoggerMessage(2011, LogLevel.Information, "{Samples} samples were read from the WAL into the store.")]
    private partial void LogReplayed(long samples);

    [LoggerMessage(2014, LogLevel.Warning,
        "{Path} was made on another machine ({Machine}). If that one still runs on a copy of it, give this one a directory of its own.")]
    private partial void LogFromElsewhere(string path, string machine);

    [LoggerMessage(2016, LogLevel.Warning,
        "{Path} was made on another machine ({Machine}). From here on its samples are those of a new node, {NodeId:x16}, so that they stay apart from "
            + "those of the other machine.")]
    private partial void LogNewNode(string path, string machine, ulong nodeId);

    [LoggerMessage(2015, LogLevel.Information, "Stopped. {Samples:N0} samples are in the write-ahead log and will be replayed.")]
    private partial void LogStopped(long samples);

    [LoggerMessage(2026, LogLevel.Information, "Stopped. The store has every sample.")]
    private partial void LogStopped();

    [LoggerMessage(2027, LogLevel.Information, "Stopped. The samples in {Bytes:N0} bytes of the write-ahead log will be replayed.")]
    private partial void LogStoppedWith(long bytes);
}
