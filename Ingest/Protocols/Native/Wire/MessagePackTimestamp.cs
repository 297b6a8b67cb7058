using System.Buffers.Binary;

namespace TimeSeries.Ingest.Protocols.Native.Wire;

/// <summary>The timestamp extension type (-1) of the MessagePack specification, in its 32, 64 and 96 bit forms.</summary>
internal static class MessagePackTimestamp
{
    private const int MillisecondsPerSecond = 1_000;
    private const int NanosecondsPerMillisecond = 1_000_000;
    private const uint NanosecondsPerSecond = 1_000_000_000;

    /// <summary>
    /// Reads the time as milliseconds since the Unix epoch, rounded down. Times that no <see cref="long"/> of milliseconds holds become its
    /// extremes, which no field allows.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out long milliseconds)
    {
        milliseconds = 0;
        long seconds;
        uint nanoseconds = 0;
        switch (bytes.Length)
        {
            case 4:
                seconds = BinaryPrimitives.ReadUInt32BigEndian(bytes);
                break;
            case 8:
                ulong both = BinaryPrimitives.ReadUInt64BigEndian(bytes);
                seconds = (long)(both & 0x3_FFFF_FFFF);
                nanoseconds = (uint)(both >> 34);
                break;
            case 12:
                nanoseconds = BinaryPrimitives.ReadUInt32BigEndian(bytes);
                seconds = BinaryPrimitives.ReadInt64BigEndian(bytes[4..]);
                break;
            default:
                return false;
        }

        if (nanoseconds >= NanosecondsPerSecond)
        {
            return false;
        }

        milliseconds = seconds switch
        {
            >= long.MaxValue / MillisecondsPerSecond => long.MaxValue,
            <= long.MinValue / MillisecondsPerSecond => long.MinValue,
            _ => seconds * MillisecondsPerSecond + nanoseconds / NanosecondsPerMillisecond,
        };
        return true;
    }
}
