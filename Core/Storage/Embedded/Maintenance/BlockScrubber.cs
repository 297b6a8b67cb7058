using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Maintenance;

/// <summary>
/// Reads every block once in a period and reports what is damaged. A block with a failed read is checked at once. The blocks take turns by id, from one that
/// the clock chooses, so that a host that is often restarted gets to all of them too. For one caller at a time.
/// </summary>
internal sealed class BlockScrubber(StoreContext context, BlockCatalog catalog, StoreSnapshots snapshots, CooperativeYield throttle)
{
    // How soon a failed read is looked into.
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);

    private long _last = -1;
    private long _due;
    private bool _hasBegun;

    /// <summary>Checks the next block, if one is due. Returns what it did and when to come again.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public MaintenanceStep Next(CancellationToken cancellationToken)
    {
        Block[] blocks = [.. snapshots.Current.Blocks.SelectMany(kind => kind).OrderBy(block => block.Entry.Id)];
        if (Array.Find(blocks, IsSuspect) is { } suspect)
        {
            Check(suspect, cancellationToken);
            return MaintenanceStep.Done;
        }

        long now = context.Clock.GetTimestamp();
        if (blocks.Length == 0 || (_hasBegun && now < _due))
        {
            return MaintenanceStep.Idle(_look);
        }

        long total = blocks.Sum(block => block.Entry.Bytes);
        Block next = _hasBegun ? Array.Find(blocks, block => block.Entry.Id > _last) ?? blocks[0] : ByTheClock(blocks, total);
        Check(next, cancellationToken);
        _hasBegun = true;
        _last = next.Entry.Id;
        _due = now + (long)(context.Options.ScrubPeriod.TotalSeconds * next.Entry.Bytes / total * context.Clock.TimestampFrequency);
        return MaintenanceStep.Done;
    }

    private bool IsSuspect(Block block) => context.Suspects.TryGetValue(block.Path, out SuspectState state) && state == SuspectState.Unchecked;

    private Block ByTheClock(Block[] blocks, long total)
    {
        double period = context.Options.ScrubPeriod.TotalMilliseconds;
        double offset = context.Clock.GetUtcNow().ToUnixTimeMilliseconds() % period / period * total;
        return Array.Find(blocks, block => (offset -= block.Entry.Bytes) < 0) ?? blocks[^1];
    }

    private void Check(Block block, CancellationToken cancellationToken)
    {
        if (!block.TryPin())
        {
            return;
        }

        try
        {
            BlockCheck check = BlockInspection.Check(context, block.Path, block.Entry, throttle, cancellationToken);
            context.Instruments.Scrubs.Add(1);
            check.Report(context.Instruments.Damage, block.Path);
            if (check.IsDamaged && check.IsCertain && context.Options.QuarantinesDamaged)
            {
                catalog.Quarantine(block, check.WholeSections());
                StoreLog.Quarantined(context.Logger, block.Path, block.Entry.RowCount, context.QuarantineDirectory);
            }
        }
        finally
        {
            block.Release();
        }
    }
}
