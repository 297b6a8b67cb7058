using System.Buffers;
using System.Buffers.Binary;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Codecs;

/// <summary>
/// What stands before a column: <c>name length u8 | name | body length u32</c>. Columns go by name, so a field that is added to a kind later,
/// wherever it stands, changes nothing for older logs, and one that is gone is passed over by its length.
/// </summary>
internal static class ColumnHead
{
    /// <summary>Stands where a name's length would, behind a table's last column.</summary>
    public const byte End = 0;

    /// <summary>Writes the head and returns room for the body, which the caller advances over.</summary>
    public static Span<byte> Begin(Field field, int bodyBytes, IBufferWriter<byte> output)
    {
        ReadOnlySpan<byte> name = field.Utf8Name.AsSpan();
        int headBytes = sizeof(byte) + name.Length + sizeof(uint);
        Span<byte> bytes = output.GetSpan(checked(headBytes + bodyBytes));
        bytes[0] = checked((byte)name.Length);
        name.CopyTo(bytes[1..]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[(1 + name.Length)..], (uint)bodyBytes);
        output.Advance(headBytes);
        return bytes.Slice(headBytes, bodyBytes);
    }
}
