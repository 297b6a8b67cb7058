using System.Buffers.Binary;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Ingest.Idempotency;

/// <summary>What is remembered of a batch with an idempotency key: enough to give its answer again.</summary>
internal readonly record struct IdempotencyRecord(IdempotencyKey Key, Timestamp Committed, LogPosition Position, BatchCounts Counts)
{
    public const int Size = IdempotencyKey.Size + 2 * sizeof(long) + 4 * sizeof(int);

    public void Write(Span<byte> destination)
    {
        Key.Write(destination);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Committed.Milliseconds);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], Position.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(destination[32..], Counts.Accepted);
        BinaryPrimitives.WriteInt32LittleEndian(destination[36..], Counts.Rejected);
        BinaryPrimitives.WriteInt32LittleEndian(destination[40..], Counts.Duplicates);
        BinaryPrimitives.WriteInt32LittleEndian(destination[44..], Counts.Truncated);
    }

    public static IdempotencyRecord Read(ReadOnlySpan<byte> source) => new(
        IdempotencyKey.Read(source),
        new Timestamp(BinaryPrimitives.ReadInt64LittleEndian(source[16..])),
        new LogPosition(BinaryPrimitives.ReadInt64LittleEndian(source[24..])),
        new BatchCounts(
            BinaryPrimitives.ReadInt32LittleEndian(source[32..]), BinaryPrimitives.ReadInt32LittleEndian(source[36..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[40..]), BinaryPrimitives.ReadInt32LittleEndian(source[44..])));
}
