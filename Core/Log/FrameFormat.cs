using System.Buffers.Binary;
using System.Numerics;
using TimeSeries.Core.Hashing;

namespace TimeSeries.Core.Log;

/// <summary>
/// The frame around a record: <c>length u32 | check u32 | CRC-32C u32 | payload</c>, little endian. The check is the CRC-32C of node id,
/// position and length, and the payload's checksum goes on from it. So a frame is valid at its own position of its own node only: bytes that
/// came to lie elsewhere, or texts that imitate a frame, are never taken for one, and a damaged payload is skipped by its length.
/// </summary>
internal readonly struct FrameFormat
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderSize = 12;

    // Up to here reading a payload again costs less than combining its checksum (2 µs; a byte takes 0.12 ns).
    private const int CheapPayloadBytes = 16 << 10;

    // Offsets in the header.
    private const int CheckAt = 4;
    private const int ChecksumAt = 8;

    private readonly uint _seed;

    public FrameFormat(ulong nodeId)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, nodeId);
        _seed = Crc32C.Of(bytes);
    }

    /// <summary>What the payload's checksum goes on from.</summary>
    public uint Check(long position, uint length) =>
        ~BitOperations.Crc32C(BitOperations.Crc32C(~_seed, (ulong)position), length);

    public void Write(Span<byte> header, long position, LogEntry entry)
    {
        uint length = (uint)entry.Length;
        uint check = Check(position, length);
        uint checksum = Crc32C.Of(entry.Header.Span, check);
        checksum = entry.Payload.Length <= CheapPayloadBytes
            ? Crc32C.Of(entry.Payload.Span, checksum)
            : Crc32C.Combine(checksum, entry.PayloadChecksum, entry.Payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header, length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[CheckAt..], check);
        BinaryPrimitives.WriteUInt32LittleEndian(header[ChecksumAt..], checksum);
    }

    /// <summary>The payload's length, when a frame starts at the position that has room for it; else 0.</summary>
    public int ReadLength(ReadOnlySpan<byte> header, long position, long room)
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header);
        return length != 0 && length <= room - HeaderSize && length <= Array.MaxLength - HeaderSize
            && BinaryPrimitives.ReadUInt32LittleEndian(header[CheckAt..]) == Check(position, length)
            ? (int)length
            : 0;
    }

    /// <summary>Whether the payload of a frame is what was written.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> frame) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame[ChecksumAt..])
        == Crc32C.Of(frame[HeaderSize..], BinaryPrimitives.ReadUInt32LittleEndian(frame[CheckAt..]));
}
