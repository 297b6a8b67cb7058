using System.Collections.Immutable;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Heads;

namespace TimeSeries.Core.Storage.Embedded.Catalog;

/// <summary>What readers see now: one snapshot, replaced by the next. Thread safe.</summary>
internal sealed class StoreSnapshots(LargeArrayPool pool)
{
    // Guards the swap only: the writer takes it, so nothing under it touches the disk.
    private readonly Lock _gate = new();
    private volatile StoreSnapshot _current = new(new Head(pool), [], [.. SampleSchema.All.Select(_ => ImmutableArray<Block>.Empty)]);

    public StoreSnapshot Current => _current;

    /// <summary>Replaces the active head by a new one; false when too many frozen heads wait. Only the owner of the active head calls it.</summary>
    public bool TryFreeze(int maxFrozen)
    {
        lock (_gate)
        {
            StoreSnapshot snapshot = _current;
            if (snapshot.Frozen.Length >= maxFrozen)
            {
                return false;
            }

            snapshot.Active.Freeze();
            _current = snapshot with { Active = new Head(pool, snapshot.Active), Frozen = snapshot.Frozen.Add(snapshot.Active) };
            return true;
        }
    }

    /// <summary>Replaces blocks by others, and a frozen head too when one is given, in one step.</summary>
    public void Replace(List<Block> added, HashSet<long> removed, Head? head)
    {
        lock (_gate)
        {
            StoreSnapshot snapshot = _current;
            ImmutableArray<ImmutableArray<Block>> blocks =
            [
                .. SampleSchema.All.Select(schema => snapshot.BlocksOf(schema.Kind)
                    .Where(block => !removed.Contains(block.Entry.Id))
                    .Concat(added.Where(block => block.Entry.Kind == schema.Kind))
                    .OrderBy(block => block.Entry.FirstTime).ThenBy(block => block.Entry.Id).ToImmutableArray()),
            ];
            _current = snapshot with { Blocks = blocks, Frozen = head is null ? snapshot.Frozen : snapshot.Frozen.Remove(head) };
        }
    }

    /// <summary>Holds the heads, and the blocks of a kind that overlap a range, until the caller disposes the lease.</summary>
    public SnapshotLease Hold(Kind kind, TimeRange range)
    {
        List<Block> held = [];
        while (true)
        {
            StoreSnapshot snapshot = _current;
            if (!snapshot.TryPin())
            {
                continue;
            }

            bool whole = true;
            foreach (Block block in snapshot.BlocksOf(kind))
            {
                if (range.Overlaps(block.Entry.FirstTime, block.Entry.LastTime))
                {
                    whole = block.TryPin();
                    if (!whole)
                    {
                        break;
                    }

                    held.Add(block);
                }
            }

            if (whole)
            {
                return new SnapshotLease(snapshot, held);
            }

            // A block was deleted after the snapshot was read, so there is a newer snapshot.
            snapshot.Release();
            SnapshotLease.Release(held);
        }
    }
}

/// <summary>A reader's hold on a snapshot: its heads and some of its blocks stay until the lease is disposed.</summary>
internal sealed class SnapshotLease(StoreSnapshot snapshot, List<Block> blocks) : IDisposable
{
    public StoreSnapshot Snapshot => snapshot;

    public List<Block> Blocks => blocks;

    public void Dispose()
    {
        snapshot.Release();
        Release(blocks);
    }

    public static void Release(List<Block> blocks)
    {
        foreach (Block block in blocks)
        {
            block.Release();
        }

        blocks.Clear();
    }
}
