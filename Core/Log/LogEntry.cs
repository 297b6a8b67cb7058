using TimeSeries.Core.Hashing;

namespace TimeSeries.Core.Log;

/// <summary>
/// One record to append: a small header and a payload, which are read back as one. The payload's checksum is computed by whoever made it,
/// so that the single appender need not read it again.
/// </summary>
/// <param name="Header">First bytes of the record; copied. Read when the record is appended, so it may be patched until then.</param>
/// <param name="Payload">The rest; must not change until the append returns.</param>
/// <param name="PayloadChecksum"><see cref="Crc32C"/> of the payload alone.</param>
public readonly record struct LogEntry(ReadOnlyMemory<byte> Header, ReadOnlyMemory<byte> Payload, uint PayloadChecksum)
{
    /// <summary>A record without a header of its own; its checksum is computed here.</summary>
    public static LogEntry Of(ReadOnlyMemory<byte> payload) => new(ReadOnlyMemory<byte>.Empty, payload, Crc32C.Of(payload.Span));

    /// <summary>Bytes that are read back.</summary>
    public int Length => Header.Length + Payload.Length;
}
