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

    /// <summary>Puts a new head in the active one's place; false when there are too many frozen ones already. Called by the owner of the active head alone.</summary>
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

    /// <summary>Puts blocks in the place of others, and of a head when one is given, in one step.</summary>
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

    /// <summary>Takes hold of the heads and of the blocks of a kind that overlap a range; the caller disposes it.</summary>
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

            // A block went between the look at the snapshot and the hold, so there is a newer snapshot.
            snapshot.Release();
            SnapshotLease.Release(held);
        }
    }
}
