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

    /// <summary>Whether an exception was stored within the last minute, and at a time within a minute of this one's.</summary>
    public bool Contains(ulong hash, long milliseconds)
    {
        lock (_lock)
        {
            if (_slots.Length == 0)
            {
                return false;
            }

            Slot slot = _slots[hash >> 32 & (Slots - 1)];
            return slot.Hash == hash && IsNear(slot.Milliseconds, milliseconds) && clock.GetTimestamp() - slot.Stored < _windowTicks;
        }
    }

    /// <summary>Whether two times are so near to each other that equal exceptions are one.</summary>
    public static bool IsNear(long milliseconds, long other) => Math.Abs(milliseconds - other) < WindowMilliseconds;

    /// <summary>Remembers an exception that was stored.</summary>
    public void Add(ulong hash, long milliseconds)
    {
        lock (_lock)
        {
            if (_slots.Length == 0)
            {
                _slots = new Slot[Slots];
            }

            _slots[hash >> 32 & (Slots - 1)] = new Slot(hash, milliseconds, clock.GetTimestamp());
        }
    }

    private readonly record struct Slot(ulong Hash, long Milliseconds, long Stored);
}
