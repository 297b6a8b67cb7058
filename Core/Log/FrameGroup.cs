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
