using System.Buffers.Binary;
using System.IO.Hashing;
using TimeSeries.Core.Hashing;

namespace TimeSeries.Ingest.Protocols.Otlp.Joining;

/// <summary>
/// The exceptions of the last minute, by a hash: instrumentations report one exception on every span that it leaves, and some as a log record too. Best
/// effort: of two that lead to the same slot the later stays. Thread safe.
/// </summary>
internal sealed class SeenExceptions(TimeProvider clock)
{
    // Exceptions that are remembered; 6 MiB once there are some.
    private const int Slots = 262_144;
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
    public bool TryAdd(ulong hash, long milliseconds)
    {
        lock (_lock)
        {
            if (_slots.Length == 0)
            {
                _slots = new Slot[Slots];
            }

            ref Slot slot = ref _slots[SlotOf(hash)];
            if (slot.Hash == hash && Math.Abs(slot.Milliseconds - milliseconds) < WindowMilliseconds && clock.GetTimestamp() - slot.Seen < _windowTicks)
            {
                return false;
            }

            slot = new Slot(hash, milliseconds, clock.GetTimestamp());
            return true;
        }
    }

    /// <summary>Forgets an exception that was not stored.</summary>
    public void Remove(ulong hash)
    {
        lock (_lock)
        {
            ref Slot slot = ref _slots[SlotOf(hash)];
            slot = slot.Hash == hash ? default : slot;
        }
    }

    private static int SlotOf(ulong hash) => (int)(hash >> 32 & (Slots - 1));

    private readonly record struct Slot(ulong Hash, long Milliseconds, long Seen);
}
