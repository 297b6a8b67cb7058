using TimeSeries.Core.Hashing;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Log;

/// <summary>The buffers of a group's frames, ready for one vectored write. Its memory is kept from group to group.</summary>
internal sealed class FrameGroup(FrameFormat format)
{
    private readonly List<ReadOnlyMemory<byte>> _buffers = [];
    private byte[] _headers = [];

    public IReadOnlyList<ReadOnlyMemory<byte>> Buffers => _buffers;

    /// <summary>Bytes of all frames.</summary>
    public long Bytes { get; private set; }

    /// <summary>Frames the records from a position on and gives the position behind each.</summary>
    public void Gather(ReadOnlySpan<LogEntry> entries, long start, Span<LogPosition> ends)
    {
        ReserveHeaders(entries);
        long position = start;
        int used = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            LogEntry entry = entries[i];
            ArgumentOutOfRangeException.ThrowIfZero(entry.Length, nameof(entries));

            // A record's own header is copied behind its frame's: one buffer less for the system to gather.
            int headerBytes = FrameFormat.HeaderSize + entry.Header.Length;
            format.Write(_headers.AsSpan(used), position, entry);
            entry.Header.Span.CopyTo(_headers.AsSpan(used + FrameFormat.HeaderSize));
            _buffers.Add(_headers.AsMemory(used, headerBytes));
            if (!entry.Payload.IsEmpty)
            {
                _buffers.Add(entry.Payload);
            }

            used += headerBytes;
            position += FrameFormat.HeaderSize + entry.Length;
            ends[i] = new(position);
        }

        Bytes = position - start;
    }

    /// <summary>Lets go of the payloads.</summary>
    public void Clear() => _buffers.Clear();

    private void ReserveHeaders(ReadOnlySpan<LogEntry> entries)
    {
        int needed = 0;
        foreach (LogEntry entry in entries)
        {
            needed = checked(needed + FrameFormat.HeaderSize + entry.Header.Length);
        }

        if (needed > _headers.Length)
        {
            _headers = new byte[Math.Max(needed, _headers.Length * 2)];
        }
    }
}

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
