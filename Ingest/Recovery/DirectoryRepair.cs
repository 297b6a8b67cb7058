using Microsoft.Extensions.Logging.Abstractions;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Storage.Embedded.Maintenance;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Idempotency;

namespace TimeSeries.Ingest.Recovery;

/// <summary>
/// Reads every file of a data directory of the embedded store, compares checksums and what files say of each other, and puts right what can be. On a disk
/// that keeps no changes (<see cref="OverlayFileSystem"/>) it tells what a repair would come to. The directory is taken meanwhile. Not thread safe.
/// </summary>
/// <param name="files">The disk.</param>
/// <param name="path">The directory.</param>
/// <param name="machine">This machine.</param>
/// <param name="clock">The present, for the age of idempotency keys.</param>
public sealed class DirectoryRepair(IFileSystem files, string path, Machine machine, TimeProvider clock) : IDisposable
{
    // Rollups that are counted again are used where a project has the threshold that projects have by default.
    private const long ApdexThresholdMicroseconds = 1_200_000;

    private readonly CoreInstruments _instruments = new();
    private readonly SampleBatchPool _batches = new();

    /// <summary>Bytes that the WAL may hold, as configured: its segments' length follows.</summary>
    public required long WalBytes { get; init; }

    /// <summary>How long an idempotency key is remembered.</summary>
    public required TimeSpan IdWindow { get; init; }

    /// <summary>Bounds of what is in memory. Not for users: tests have smaller heads.</summary>
    internal EmbeddedStoreOptions Options { get; init; } = new();

    /// <summary>Reads everything, and puts right what is damaged. A whole directory stays as it is.</summary>
    /// <exception cref="UnknownFormatException">A file is of another format version or another node.</exception>
    /// <exception cref="IOException">The directory is in use, or the disk fails.</exception>
    public async Task<RepairReport> RunAsync(CancellationToken cancellationToken)
    {
        using DataDirectory directory = DataDirectory.Open(files, path, machine.Name);
        NodeRecovery.ReportNode(directory, _instruments.Damage);
        if (directory.NodeDamage is not null)
        {
            directory.RestoreNode();
        }

        StoreContext context = new(
            files, directory.Path, directory.NodeId, Options, _ => ApdexThresholdMicroseconds, clock, _instruments, NullLogger.Instance);
        bool isNewManifest = StoreRepair.ReplaceManifest(context, greatest => FindStored(directory, greatest));
        await using EmbeddedStore store = EmbeddedStore.Open(
            files, directory.Path, directory.NodeId, context.Options, context.ApdexThresholdMicroseconds, clock, _instruments, NullLogger.Instance);
        StoreRepair repair = store.BeginRepair();
        repair.RepairBlocks(cancellationToken);
        await RepairLogAsync(directory, store, repair, isNewManifest, cancellationToken);
        FoundDamage[] found = [.. _instruments.Damage.Found];
        return new RepairReport(found, repair.Actions, Math.Max(0, found.Sum(damage => damage.Samples) - repair.RecoveredRows));
    }

    public void Dispose() => _instruments.Dispose();

    private async Task RepairLogAsync(DataDirectory directory, EmbeddedStore store, StoreRepair repair, bool isNewManifest, CancellationToken cancellationToken)
    {
        using WriteAheadLog log = OpenLog(directory, store.StoredThrough, _instruments);
        using IngestInstruments counts = new();
        IdempotencyCache keys = new(IdWindow, clock, counts, int.MaxValue);
        using IdempotencyJournal journal = new(files, directory.IdsPath, directory.NodeId, IdWindow, clock, _instruments.Damage);
        long next = Math.Max(store.NextNumber, journal.Restore(keys, RestoredFrom.Log));
        next = Math.Max(next, await ReplayAsync(directory, log, store, keys, repair, cancellationToken));
        bool logIsDamaged = Has(StoredFile.Wal);
        if (!isNewManifest)
        {
            next = Math.Max(next, store.ReportStrays(!logIsDamaged) + 1);
        }

        bool hasStrays = files.List(directory.QuarantinePath).Count > 0 || Has(StoredFile.Block);
        if (logIsDamaged || isNewManifest || hasStrays)
        {
            // What is in blocks can be compared with strays, and the log need not be read again.
            await store.SealAsync(cancellationToken);
            repair.TakeInStrays(cancellationToken);
        }

        if (logIsDamaged || Has(StoredFile.Ids))
        {
            journal.Append(keys.TakeForJournal(), next);
            QuarantineIds(directory, store);
        }

        if (logIsDamaged)
        {
            LogPosition end = log.End;
            store.SkipTo(end);
            ForgetLog(log, end, next);
        }
    }

    private bool Has(StoredFile file) => _instruments.Damage.Found.Any(damage => damage.File == file);

    private async Task<long> ReplayAsync(
        DataDirectory directory, WriteAheadLog log, EmbeddedStore store, IdempotencyCache keys, StoreRepair repair, CancellationToken cancellationToken)
    {
        long next = 0;
        LogPosition stored = store.StoredThrough;
        log.Lost.ReadAgain(log.Start, stored);
        using LogReplayer replayer = new(log, stored < log.Start ? stored : log.Start, store, _batches);
        while (replayer.TryRead(out RecordHeader header, out LogPosition end))
        {
            cancellationToken.ThrowIfCancellationRequested();
            next = Math.Max(next, header.FirstNumber + header.RowCount);
            if (header.Id is { } key)
            {
                keys.Restore(new IdempotencyRecord(key, header.Received, end, header.Counts), RestoredFrom.Log);
            }

            if (end > stored && header.RowCount > 0)
            {
                await replayer.WriteAsync(header, end, cancellationToken);

                // No loop seals here, and writing would wait for one.
                if (store.Maintenance.SealNext(cancellationToken).Result == MaintenanceResult.Failed)
                {
                    throw new IOException($"{directory.Path}: blocks can't be written.");
                }
            }
        }

        repair.Lost.AddRange(replayer.Missing.Select(missing => ((Kind?)null, missing.From, missing.To)));
        return next;
    }

    // A record's samples are in blocks when the first of them is: a seal takes whole records. What the log has forgotten was in blocks too.
    private LogPosition FindStored(DataDirectory directory, long greatest)
    {
        using CoreInstruments unheard = new();
        using WriteAheadLog log = OpenLog(directory, LogPosition.Start, unheard);
        LogPosition stored = log.Start;
        using LogReader reader = log.Read(log.Start);
        while (reader.TryRead(out LogPosition end, out ReadOnlyMemory<byte> record))
        {
            if (RecordHeader.TryRead(record.Span, out RecordHeader header, out _) && header.RowCount > 0 && header.FirstNumber <= greatest)
            {
                stored = end;
            }
        }

        return stored;
    }

    private WriteAheadLog OpenLog(DataDirectory directory, LogPosition stored, CoreInstruments instruments) =>
        WriteAheadLog.Open(files, directory.LogPath, directory.NodeId, IngestServices.SizesOf(WalBytes), stored, instruments);

    private void QuarantineIds(DataDirectory directory, EmbeddedStore store)
    {
        foreach (string damaged in _instruments.Damage.Found.Where(damage => damage.File == StoredFile.Ids).Select(damage => damage.Path).Distinct())
        {
            store.Quarantine(damaged);
        }

        files.FlushDirectory(directory.Path);
    }

    // A new segment begins, so that the damaged ones can be forgotten, which moves them to quarantine.
    private static void ForgetLog(WriteAheadLog log, LogPosition through, long next)
    {
        byte[] bytes = new byte[RecordHeader.MaxSize];
        RecordHeader probe = new(RecordType.Probe, 0, 0, next, default);
        log.AppenderNumber = next;
        if (log.Append([LogEntry.Of(bytes.AsMemory(0, probe.Write(bytes)))], new LogPosition[1]) != LogOutcome.Appended)
        {
            throw log.LastFault ?? new IOException("The WAL is full.");
        }

        log.Truncate(through);
    }
}

/// <summary>What a repair found and did.</summary>
/// <param name="Found">The places that are damaged, in the order in which they were found.</param>
/// <param name="Actions">What was done, as sentences.</param>
/// <param name="LostSamples">How many samples are lost in the end, at most.</param>
public sealed record RepairReport(IReadOnlyList<FoundDamage> Found, IReadOnlyList<string> Actions, long LostSamples);
