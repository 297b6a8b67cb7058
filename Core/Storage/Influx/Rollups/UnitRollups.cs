using System.Buffers;
using System.Buffers.Binary;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Reading;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>
/// The rollups that a unit has of one project's samples of one kind in a 5-minute bucket:
/// <c>format u8 = 1 | 0 u8 ×3 | sections i32 | samples i64 | first time i64 | last time i64</c>, then of each section <c>length i32 | bytes</c>
/// (as <see cref="Rollup.TryRead"/> takes them, level 5 minutes), then CRC-32C u32; little endian. Without a section the samples are read raw.
/// </summary>
/// <param name="SampleCount">How many samples the unit has in the bucket.</param>
/// <param name="FirstTime">Time in ms of the earliest.</param>
/// <param name="LastTime">Time in ms of the latest.</param>
/// <param name="Sections">The encoded rollups.</param>
public sealed record UnitRollups(long SampleCount, long FirstTime, long LastTime, IReadOnlyList<ReadOnlyMemory<byte>> Sections)
{
    private const byte Format = 1;
    private const int HeadBytes = 32;

    /// <summary>Appends the bytes.</summary>
    public void Write(IBufferWriter<byte> destination)
    {
        int length = HeadBytes;
        foreach (ReadOnlyMemory<byte> section in Sections)
        {
            length += sizeof(int) + section.Length;
        }

        Span<byte> bytes = destination.GetSpan(length + sizeof(uint))[..(length + sizeof(uint))];
        bytes[..HeadBytes].Clear();
        bytes[0] = Format;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], Sections.Count);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], SampleCount);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], FirstTime);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], LastTime);
        int at = HeadBytes;
        foreach (ReadOnlyMemory<byte> section in Sections)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes[at..], section.Length);
            section.Span.CopyTo(bytes[(at + sizeof(int))..]);
            at += sizeof(int) + section.Length;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], Crc32C.Of(bytes[..at]));
        destination.Advance(bytes.Length);
    }

    /// <summary>
    /// Reads what <see cref="Write"/> wrote; the sections are parts of <paramref name="bytes"/>. False when the bytes are damaged or of another format.
    /// </summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out UnitRollups? unit)
    {
        unit = null;
        int end = bytes.Length - sizeof(uint);
        ReadOnlySpan<byte> span = bytes.Span;
        if (end < HeadBytes || span[0] != Format || BinaryPrimitives.ReadUInt32LittleEndian(span[end..]) != Crc32C.Of(span[..end]))
        {
            return false;
        }

        List<ReadOnlyMemory<byte>> sections = [];
        int at = HeadBytes;
        for (int left = BinaryPrimitives.ReadInt32LittleEndian(span[4..]); left > 0; left--)
        {
            int length = end - at >= sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(span[at..]) : -1;
            if (length < 0 || length > end - at - sizeof(int))
            {
                return false;
            }

            sections.Add(bytes.Slice(at + sizeof(int), length));
            at += sizeof(int) + length;
        }

        unit = new UnitRollups(
            BinaryPrimitives.ReadInt64LittleEndian(span[8..]), BinaryPrimitives.ReadInt64LittleEndian(span[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(span[24..]), sections);
        return at == end;
    }
}

/// <summary>
/// Caches decoded rollups of closed units, so that they travel over the network once. Single units and merged hours have separate bounds,
/// since an hour has a fraction of the rows of its units. Thread safe.
/// </summary>
/// <param name="unitBytes">Most bytes of single units.</param>
/// <param name="hourBytes">Most bytes of hours.</param>
internal sealed class UnitCache(long unitBytes, long hourBytes)
{
    public BoundedCache<UnitCacheKey, CachedUnitRollup> Units { get; } = new(unitBytes, static unit => unit.AllocatedBytes);

    public BoundedCache<HourCacheKey, CachedHourRollup> Hours { get; } = new(hourBytes, static hour => hour.AllocatedBytes);
}

/// <summary>A closed unit's rollup of one declaration in one bucket. It never changes: a replay of the log writes the same.</summary>
/// <param name="Samples">How many samples the unit has in the bucket.</param>
/// <param name="Rollup">The rollup; null where the unit keeps none, and its samples must be read one by one.</param>
internal sealed record CachedUnitRollup(long Samples, Rollup? Rollup)
{
    /// <summary>Memory held.</summary>
    public long AllocatedBytes => 128 + (Rollup?.AllocatedBytes ?? 0);
}

/// <summary>Which rollup of which unit in which bucket.</summary>
internal readonly record struct UnitCacheKey(long Pcode, Kind Kind, int SpecIndex, long Bucket, string Node, long Unit);

/// <summary>Which rollup of which hour.</summary>
internal readonly record struct HourCacheKey(long Pcode, Kind Kind, int SpecIndex, long Hour);
