using System.Buffers.Binary;
using System.IO.Hashing;
using TimeSeries.Core.Hashing;

namespace TimeSeries.Ingest.Protocols.Otlp.Joining;

/// <summary>
/// The exceptions of the last minute, by a hash: instrumentations report one exception on every span that it leaves, and some as a log record too. Best
/// effort: of five that lead to the same four slots the oldest goes. An exception is owned by the request that brings it until that is stored. Thread safe.
/// </summary>
internal sealed class SeenExceptions(TimeProvider clock)
{
    // Exceptions that are remembered; 8 MiB once there are some.
    private const int Slots = 262_144;
    private const int SlotsOfHash = 4;
    private const long WindowMilliseconds = 60_000;

    private readonly Lock _lock = new();
    private readonly long _windowTicks = WindowMilliseconds / 1_000 * clock.TimestampFrequency;
    private Slot[] _slots = [];

    /// <summary>A hash of what makes two exceptions one.</summary>
    public static ulong HashOf(long pcode, int oid, ReadOnlySpan<byte> trace, ReadOnlySpan<byte> type, ReadOnlySpan<byte> message)
    {
        Span<byte> head = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(head, pcode);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], oid);
        BinaryPrimitives.WriteInt32LittleEndian(head[12..], type.Length);
        XxHash3 hash = new(_seed);
        hash.Append(head);
        hash.Append(trace);
        hash.Append(type);
        hash.Append(message);
        return hash.GetCurrentHashAsUInt64() | 1;
    }

    private static readonly long _seed = (long)SymbolHash.RandomSeed();

    /// <summary>
    /// Remembers an exception. False when it is there already: seen within the last minute, and at a time within a minute of this one's.
    /// </summary>
    /// <param name="hash">The exception.</param>
    /// <param name="milliseconds">Its time.</param>
    /// <param name="by">Who brings it.</param>
    /// <param name="owner">
    /// The earlier request that brought it and is not yet stored, when there is one. What a later one brought, of another agent, is brought again.
    /// </param>
    public bool TryAdd(ulong hash, long milliseconds, JoinChange by, out JoinChange? owner)
    {
        owner = null;
        lock (_lock)
        {
            if (_slots.Length == 0)
            {
                _slots = new Slot[Slots];
            }

            ref Slot slot = ref FindSlot(hash);
            bool isThere = slot.Hash == hash && Math.Abs(slot.Milliseconds - milliseconds) < WindowMilliseconds
                && clock.GetTimestamp() - slot.Seen < _windowTicks && (slot.Owner is null || slot.Owner.Number <= by.Number);
            if (isThere)
            {
                owner = ReferenceEquals(slot.Owner, by) ? null : slot.Owner;
                return false;
            }

            slot = new Slot(hash, milliseconds, clock.GetTimestamp(), by);
            return true;
        }
    }

    /// <summary>Ends the ownership of an exception: it is stored, or forgotten.</summary>
    public void End(ulong hash, JoinChange owner, bool isStored)
    {
        lock (_lock)
        {
            ref Slot slot = ref FindSlot(hash);
            if (slot.Hash == hash && ReferenceEquals(slot.Owner, owner))
            {
                slot = isStored ? slot with { Owner = null } : default;
            }
        }
    }

    // The slot of a hash, or the one that it would take: one that is free, or that of the oldest.
    private ref Slot FindSlot(ulong hash)
    {
        int first = (int)(hash >> 32 & (Slots - SlotsOfHash));
        int found = first;
        for (int i = first; i < first + SlotsOfHash; i++)
        {
            if (_slots[i].Hash == hash)
            {
                return ref _slots[i];
            }

            bool isBetter = _slots[found].Hash != 0 && (_slots[i].Hash == 0 || _slots[i].Seen < _slots[found].Seen);
            found = isBetter ? i : found;
        }

        return ref _slots[found];
    }

    private readonly record struct Slot(ulong Hash, long Milliseconds, long Seen, JoinChange? Owner);
}
