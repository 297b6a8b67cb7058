using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Query.Api.Samples;

/// <summary>
/// Where a list of samples goes on, as a text that callers hand back unread: the place of the last sample seen, and the times that the first page
/// was asked for, so that a list of the last hour stays the list of that hour.
/// </summary>
internal readonly record struct SampleCursor(Kind Kind, TimeRange Period, SampleId After)
{
    private const byte Version = 1;
    private const int Bytes = 2 + (5 * sizeof(long)) + sizeof(uint);

    public static bool TryRead(string text, out SampleCursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[Bytes];
        if (text.Length != Base64Url.GetEncodedLength(Bytes)
            || Base64Url.DecodeFromChars(text, bytes, out _, out int length) != OperationStatus.Done || length != Bytes
            || bytes[0] != Version || BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) != Crc32C.Of(bytes[..^sizeof(uint)]))
        {
            return false;
        }

        cursor = new SampleCursor(
            (Kind)bytes[1],
            new TimeRange(Number(bytes, 0), Number(bytes, 1)),
            new SampleId(Number(bytes, 2), (ulong)Number(bytes, 3), Number(bytes, 4)));

        // The last character has bits to spare, which decoders overlook.
        return cursor.ToString() == text;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes[0] = Version;
        bytes[1] = (byte)Kind;
        ReadOnlySpan<long> numbers = [Period.From, Period.To, After.Time, (long)After.Node, After.Number];
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes[(2 + (i * sizeof(long)))..], numbers[i]);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes[^sizeof(uint)..], Crc32C.Of(bytes[..^sizeof(uint)]));
        return Base64Url.EncodeToString(bytes);
    }

    private static long Number(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadInt64LittleEndian(bytes[(2 + (index * sizeof(long)))..]);
}
