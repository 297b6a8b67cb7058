using System.Buffers.Binary;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Ingest.Commit;

/// <summary>
/// First bytes of each record of the log, little endian: <c>type u8 | has id u8 | 0 u16 | rows i32 | pcode i64 | first number i64 | received i64</c>,
/// and with an id <c>id 16 bytes | accepted i32 | rejected i32 | duplicates i32 | truncated i32</c>.
/// </summary>
/// <param name="Type">What the record is.</param>
/// <param name="RowCount">Samples in the payload.</param>
/// <param name="Pcode">The project; of a mark: the unit that begins.</param>
/// <param name="FirstNumber">Sequence number of the first sample.</param>
/// <param name="Received">When the batch was committed.</param>
/// <param name="Id">The idempotency key, if there is one.</param>
/// <param name="Counts">With an id: the counts of the response, given again to a resend.</param>
internal readonly record struct RecordHeader(
    RecordType Type, int RowCount, long Pcode, long FirstNumber, Timestamp Received, IdempotencyKey? Id = null, BatchCounts Counts = default)
{
    public const int MaxSize = PlainSize + IdSize;
    private const int PlainSize = 32;
    private const int IdSize = IdempotencyKey.Size + 4 * sizeof(int);

    /// <summary>Writes the header; returns its length.</summary>
    public int Write(Span<byte> destination)
    {
        destination[..PlainSize].Clear();
        destination[0] = (byte)Type;
        destination[1] = Id is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], RowCount);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], Pcode);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], FirstNumber);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], Received.Milliseconds);
        if (Id is not { } id)
        {
            return PlainSize;
        }

        id.Write(destination[PlainSize..]);
        Span<byte> counts = destination[(PlainSize + IdempotencyKey.Size)..];
        BinaryPrimitives.WriteInt32LittleEndian(counts, Counts.Accepted);
        BinaryPrimitives.WriteInt32LittleEndian(counts[4..], Counts.Rejected);
        BinaryPrimitives.WriteInt32LittleEndian(counts[8..], Counts.Duplicates);
        BinaryPrimitives.WriteInt32LittleEndian(counts[12..], Counts.Truncated);
        return MaxSize;
    }

    /// <summary>Reads a record's header; false when the record is of a type or shape that this version does not know.</summary>
    public static bool TryRead(ReadOnlySpan<byte> record, out RecordHeader header, out int length)
    {
        header = default;
        length = record.Length >= 2 && record[1] == 1 ? MaxSize : PlainSize;
        if (record.Length < length || record[0] is not ((byte)RecordType.Batch or (byte)RecordType.Probe or (byte)RecordType.Mark) || record[1] > 1)
        {
            return false;
        }

        header = new RecordHeader(
            (RecordType)record[0],
            BinaryPrimitives.ReadInt32LittleEndian(record[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[16..]),
            new Timestamp(BinaryPrimitives.ReadInt64LittleEndian(record[24..])));
        if (length == MaxSize)
        {
            ReadOnlySpan<byte> counts = record[(PlainSize + IdempotencyKey.Size)..];
            header = header with
            {
                Id = IdempotencyKey.Read(record[PlainSize..]),
                Counts = new BatchCounts(
                    BinaryPrimitives.ReadInt32LittleEndian(counts), BinaryPrimitives.ReadInt32LittleEndian(counts[4..]),
                    BinaryPrimitives.ReadInt32LittleEndian(counts[8..]), BinaryPrimitives.ReadInt32LittleEndian(counts[12..])),
            };
        }

        return true;
    }
}

/// <summary>What a record of the log is. Stored; never renumbered.</summary>
internal enum RecordType : byte
{
    /// <summary>A batch: header, then the samples in the log's codec (nothing when no sample was left).</summary>
    Batch = 1,

    /// <summary>Written to see whether the log can be written again after a fault.</summary>
    Probe = 2,

    /// <summary>
    /// Ends a unit of samples for a store that is fed from the log and begins the next: the header's pcode is the number of the unit that begins,
    /// its first number that of the next sample. Other stores pass it over.
    /// </summary>
    Mark = 3,
}
