using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Storage.Embedded.Compaction;
using TimeSeries.Core.Storage.Embedded.Heads;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Maintenance;

/// <summary>
/// The store's background work. One loop seals, another compacts and retains, a third reads blocks to find damage, each on a thread of its own, so that
/// neither a head nor a request waits for a long merge. The loops call steps that never wait. Thread safe, apart from the steps: each thread does one task
/// after the other.
/// </summary>
internal sealed class StoreMaintenance : IDisposable
{
    private static readonly TimeSpan _ageCheck = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _mergeInterval = TimeSpan.FromSeconds(10);

    // The first requests after a start need the disk more.
    private static readonly TimeSpan _firstScrub = TimeSpan.FromMinutes(1);

    // Pushes wait for it: they are taken again a second after the disk works.
    private static readonly TimeSpan _sealRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _reportInterval = TimeSpan.FromMinutes(1);

    private readonly StoreContext _context;
    private readonly StoreSnapshots _snapshots;
    private readonly IHeadFreezer _heads;
    private readonly HeadSealer _sealer;
    private readonly Compactor _compactor;
    private readonly DedicatedThread _sealThread = new("seals");
    private readonly DedicatedThread _mergeThread = new("merges");
    private readonly DedicatedThread _scrubThread = new("scrubs");
    private readonly BlockScrubber _scrubber;
    private readonly SemaphoreSlim _sealWanted = new(0);
    private long _rowsOfFullHead;
    private long _reported;

    // Whether this round's retention has run, so that merges are next.
    private bool _hasRetained;
    private volatile TaskCompletionSource _nextSeal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StoreMaintenance(StoreContext context, BlockCatalog catalog, StoreSnapshots snapshots, IHeadFreezer heads)
    {
        _context = context;
        _snapshots = snapshots;
        _heads = heads;
        _sealer = new HeadSealer(context, catalog, new SealThrottle(FilledPart, context.Clock));
        _compactor = new Compactor(context, catalog, snapshots, Rest);
        Retention = new BlockRetention(context, catalog, snapshots, Rest);
        _scrubber = new BlockScrubber(context, catalog, snapshots, new CompactionThrottle(Rest));
    }

    public BlockRetention Retention { get; }

    /// <summary>Completes when the next head is sealed.</summary>
    public Task NextSeal => _nextSeal.Task;

    public bool SealFailing { get; private set; }

    public void SealSoon() => _sealWanted.Release();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(SealLoopAsync(cancellationToken), CompactLoopAsync(cancellationToken), ScrubLoopAsync(cancellationToken))
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What is only in memory stays in the log.
        }
    }

    public Task SealAsync(CancellationToken cancellationToken)
    {
        _heads.FreezeAny();
        return _sealThread.RunAsync(() =>
        {
            while (SealOldest(cancellationToken))
            {
            }
        });
    }

    public Task CompactAsync(CancellationToken cancellationToken) => _mergeThread.RunAsync(() => _compactor.RunAll(cancellationToken));

    public Task RetainAsync(CancellationToken cancellationToken) => _mergeThread.RunAsync(() =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        Retention.Run();
    });

    public void Dispose()
    {
        _sealThread.Dispose();
        _mergeThread.Dispose();
        _scrubThread.Dispose();
        _sealWanted.Dispose();
    }

    /// <summary>
    /// One step of sealing: freezes the active head when it is due, and seals the head that has waited longest. A failure is logged and counted; the step
    /// after its wait tries again. For one caller at a time.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    [SuppressMessage("Design", "CA1031", Justification = "The failure is logged and counted, and the next step tries again.")]
    internal MaintenanceStep SealNext(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            _heads.FreezeDue();
            bool hasSealed = SealOldest(cancellationToken);
            if (SealFailing)
            {
                SealFailing = false;
                StoreLog.SealWorksAgain(_context.Logger);
            }

            return hasSealed ? MaintenanceStep.Done : MaintenanceStep.Idle(_ageCheck);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested || failure is not OperationCanceledException)
        {
            _context.Instruments.SealFailures.Add(1);
            if (!SealFailing || _context.Clock.GetElapsedTime(_reported) >= _reportInterval)
            {
                _reported = _context.Clock.GetTimestamp();
                StoreLog.SealFailed(_context.Logger, _sealRetry.TotalSeconds, failure);
            }

            SealFailing = true;
            return MaintenanceStep.Failed(_sealRetry);
        }
    }

    /// <summary>
    /// One step of compaction and retention: deletes what is too old, or merges once. A round is one deletion and then merges until none is worth it. A failure
    /// is logged and counted, and ends the round. For one caller at a time.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    [SuppressMessage("Design", "CA1031", Justification = "The failure is logged and counted, and the next round tries again.")]
    internal MaintenanceStep CompactNext(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        bool isFirst = !_hasRetained;
        _hasRetained = false;
        try
        {
            if (isFirst)
            {
                Retention.Run();
            }
            else if (!_compactor.MergeNext(cancellationToken))
            {
                RentedArray.EndRound();
                return MaintenanceStep.Idle(_mergeInterval);
            }

            _hasRetained = true;
            return MaintenanceStep.Done;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested || failure is not OperationCanceledException)
        {
            _context.Instruments.StoreFailures.Add(1);
            StoreLog.MaintenanceFailed(_context.Logger, failure);
            return MaintenanceStep.Failed(_mergeInterval);
        }
    }

    /// <summary>
    /// One step of the scrub: checks a block whose read has failed, or the next one when it is due. A failure is logged and counted. For one caller at a time.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    [SuppressMessage("Design", "CA1031", Justification = "The failure is logged and counted, and the next round tries again.")]
    internal MaintenanceStep ScrubNext(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return _scrubber.Next(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested || failure is not OperationCanceledException)
        {
            _context.Instruments.StoreFailures.Add(1);
            StoreLog.MaintenanceFailed(_context.Logger, failure);
            return MaintenanceStep.Failed(_mergeInterval);
        }
    }

    // Counted by rows, since bytes are allocated in large steps. A head that waits already counts as full.
    private double FilledPart()
    {
        StoreSnapshot snapshot = _snapshots.Current;
        return snapshot.Frozen.Length > 1 ? 1 : Math.Min(1, (double)snapshot.Active.RowCount / _rowsOfFullHead);
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "A thread of its own rests; nothing is decided by how long.")]
    private void Rest()
    {
        // A step that is called from another thread doesn't wait.
        if (_mergeThread.IsCurrent || _scrubThread.IsCurrent)
        {
            Thread.Sleep(1);
        }
    }

    private bool SealOldest(CancellationToken cancellationToken)
    {
        if (_snapshots.Current.Frozen is not [Head head, ..])
        {
            return false;
        }

        _rowsOfFullHead = head.AllocatedBytes >= _context.Options.HeadBytes ? head.RowCount : _context.Options.HeadRows;
        _sealer.Seal(head, cancellationToken);
        _context.Instruments.Seals.Add(1);
        Interlocked.Exchange(ref _nextSeal, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return true;
    }

    private async Task SealLoopAsync(CancellationToken cancellationToken)
    {
        Task wanted = _sealWanted.WaitAsync(cancellationToken);
        MaintenanceStep step = MaintenanceStep.Idle(_ageCheck);
        while (true)
        {
            // After a failure only time helps.
            Task rest = Task.Delay(step.Wait, _context.Clock, cancellationToken);
            await (step.Result == MaintenanceResult.Failed ? rest : Task.WhenAny(rest, wanted)).ConfigureAwait(false);
            if (wanted.IsCompletedSuccessfully)
            {
                wanted = _sealWanted.WaitAsync(cancellationToken);
            }

            await _sealThread.RunAsync(() => step = SealNext(cancellationToken)).ConfigureAwait(false);
        }
    }

    private async Task CompactLoopAsync(CancellationToken cancellationToken)
    {
        MaintenanceStep step = MaintenanceStep.Idle(_mergeInterval);
        while (true)
        {
            await Task.Delay(step.Wait, _context.Clock, cancellationToken).ConfigureAwait(false);
            await _mergeThread.RunAsync(() => step = CompactNext(cancellationToken)).ConfigureAwait(false);
        }
    }

    private async Task ScrubLoopAsync(CancellationToken cancellationToken)
    {
        MaintenanceStep step = MaintenanceStep.Idle(_firstScrub);
        while (true)
        {
            await Task.Delay(step.Wait, _context.Clock, cancellationToken).ConfigureAwait(false);
            await _scrubThread.RunAsync(() => step = ScrubNext(cancellationToken)).ConfigureAwait(false);
        }
    }
}

/// <summary>What a step of <see cref="StoreMaintenance"/> came to.</summary>
/// <param name="Result">What it did.</param>
/// <param name="Wait">After how long the next step is due.</param>
internal readonly record struct MaintenanceStep(MaintenanceResult Result, TimeSpan Wait)
{
    public static MaintenanceStep Done => new(MaintenanceResult.Done, TimeSpan.Zero);

    public static MaintenanceStep Idle(TimeSpan wait) => new(MaintenanceResult.Idle, wait);

    public static MaintenanceStep Failed(TimeSpan wait) => new(MaintenanceResult.Failed, wait);
}

/// <summary>What a step did.</summary>
internal enum MaintenanceResult : byte
{
    /// <summary>There was nothing to do.</summary>
    Idle,

    /// <summary>One unit of work.</summary>
    Done,

    /// <summary>It failed; the next step tries again.</summary>
    Failed,
}

/// <summary>The owner of the active head, as maintenance sees it.</summary>
internal interface IHeadFreezer
{
    /// <summary>Freezes the active head when it is full or old enough and there is room for another one to wait.</summary>
    void FreezeDue();

    /// <summary>Freezes the active head unless it is empty.</summary>
    void FreezeAny();
}

/// <summary>What the store tells the operator.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(201, LogLevel.Error, "Sealing failed and is tried again every {Seconds} s.")]
    public static partial void SealFailed(ILogger logger, double seconds, Exception failure);

    [LoggerMessage(202, LogLevel.Information, "Sealing works again.")]
    public static partial void SealWorksAgain(ILogger logger);

    [LoggerMessage(203, LogLevel.Error, "Compaction, retention or a scrub failed and is tried again later.")]
    public static partial void MaintenanceFailed(ILogger logger, Exception failure);

    [LoggerMessage(204, LogLevel.Error, "The block {Path} is damaged at offset {Offset}: {Reason}. It is left out of compaction; queries that need it fail.")]
    public static partial void Damaged(ILogger logger, string path, long offset, string reason);

    [LoggerMessage(205, LogLevel.Error,
        "The damaged block {Path} with {Samples} samples was moved to {Quarantine}. Queries go on without it and say so in the header X-Lost-Samples.")]
    public static partial void Quarantined(ILogger logger, string path, long samples, string quarantine);
}
