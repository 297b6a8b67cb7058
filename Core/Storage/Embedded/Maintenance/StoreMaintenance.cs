using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Storage.Embedded.Compaction;
using TimeSeries.Core.Storage.Embedded.Heads;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Maintenance;

/// <summary>
/// The store's background work. One loop seals, another compacts and retains, each on a thread of its own, so that neither a head nor a request waits
/// for a long merge. Thread safe: each thread does one task after the other.
/// </summary>
internal sealed class StoreMaintenance : IDisposable
{
    private static readonly TimeSpan _ageCheck = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _mergeInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _firstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _lastRetry = TimeSpan.FromSeconds(30);

    private readonly StoreContext _context;
    private readonly StoreSnapshots _snapshots;
    private readonly IHeadFreezer _heads;
    private readonly HeadSealer _sealer;
    private readonly Compactor _compactor;
    private readonly DedicatedThread _sealThread = new("seals");
    private readonly DedicatedThread _mergeThread = new("merges");
    private readonly SemaphoreSlim _sealWanted = new(0);
    private long _rowsOfFullHead;
    private volatile TaskCompletionSource _nextSeal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StoreMaintenance(StoreContext context, BlockCatalog catalog, StoreSnapshots snapshots, IHeadFreezer heads)
    {
        _context = context;
        _snapshots = snapshots;
        _heads = heads;
        _sealer = new HeadSealer(context, catalog, new SealThrottle(FilledPart, context.Clock));
        _compactor = new Compactor(context, catalog, snapshots);
        Retention = new BlockRetention(context, catalog, snapshots);
    }

    public BlockRetention Retention { get; }

    /// <summary>Completes when the next head is sealed.</summary>
    public Task NextSeal => _nextSeal.Task;

    public bool SealFailing { get; private set; }

    public void SealSoon() => _sealWanted.Release();

    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(SealLoopAsync(cancellationToken), MergeLoopAsync(cancellationToken));

    public Task SealAsync(CancellationToken cancellationToken)
    {
        _heads.FreezeAny();
        return _sealThread.RunAsync(() => SealFrozen(cancellationToken));
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
        _sealWanted.Dispose();
    }

    // Counted by rows, since bytes are allocated in large steps. A head that waits already counts as full.
    private double FilledPart()
    {
        StoreSnapshot snapshot = _snapshots.Current;
        return snapshot.Frozen.Length > 1 ? 1 : Math.Min(1, (double)snapshot.Active.RowCount / _rowsOfFullHead);
    }

    private void SealFrozen(CancellationToken cancellationToken)
    {
        while (_snapshots.Current.Frozen is [Head head, ..])
        {
            _rowsOfFullHead = head.AllocatedBytes >= _context.Options.HeadBytes ? head.RowCount : _context.Options.HeadRows;
            _sealer.Seal(head, cancellationToken);
            _context.Instruments.Seals.Add(1);
            Interlocked.Exchange(ref _nextSeal, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The top of a loop: the failure is logged and counted, and the loop goes on.")]
    private async Task SealLoopAsync(CancellationToken cancellationToken)
    {
        TimeSpan retry = _firstRetry;
        Task wanted = _sealWanted.WaitAsync(cancellationToken);
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAny(wanted, Task.Delay(_ageCheck, _context.Clock, cancellationToken)).ConfigureAwait(false);
            if (wanted.IsCompletedSuccessfully)
            {
                wanted = _sealWanted.WaitAsync(cancellationToken);
            }

            try
            {
                await SealDueAsync(cancellationToken).ConfigureAwait(false);
                if (SealFailing)
                {
                    SealFailing = false;
                    retry = _firstRetry;
                    StoreLog.SealWorksAgain(_context.Logger);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                SealFailing = true;
                _context.Instruments.SealFailures.Add(1);
                StoreLog.SealFailed(_context.Logger, retry.TotalSeconds, failure);
                await WaitAsync(retry, cancellationToken).ConfigureAwait(false);
                retry = retry * 2 < _lastRetry ? retry * 2 : _lastRetry;
            }
        }
    }

    private async Task SealDueAsync(CancellationToken cancellationToken)
    {
        for (_heads.FreezeDue(); !_snapshots.Current.Frozen.IsEmpty; _heads.FreezeDue())
        {
            await _sealThread.RunAsync(() => SealFrozen(cancellationToken)).ConfigureAwait(false);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The top of a loop: the failure is logged and counted, and the loop goes on.")]
    private async Task MergeLoopAsync(CancellationToken cancellationToken)
    {
        while (await WaitAsync(_mergeInterval, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await RetainAsync(cancellationToken).ConfigureAwait(false);
                await _mergeThread.RunAsync(() => _compactor.Run(cancellationToken)).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                _context.Instruments.StoreFailures.Add(1);
                StoreLog.MaintenanceFailed(_context.Logger, failure);
            }
        }
    }

    private async Task<bool> WaitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        await Task.Delay(time, _context.Clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }
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
    [LoggerMessage(201, LogLevel.Error, "Sealing failed and is tried again in {Seconds} s.")]
    public static partial void SealFailed(ILogger logger, double seconds, Exception failure);

    [LoggerMessage(202, LogLevel.Information, "Sealing works again.")]
    public static partial void SealWorksAgain(ILogger logger);

    [LoggerMessage(203, LogLevel.Error, "Compaction or retention failed and is tried again later.")]
    public static partial void MaintenanceFailed(ILogger logger, Exception failure);

    [LoggerMessage(204, LogLevel.Error, "The block {Path} is damaged at offset {Offset}: {Reason}. It is left out of compaction; queries that need it fail.")]
    public static partial void Damaged(ILogger logger, string path, long offset, string reason);
}
