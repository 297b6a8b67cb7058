using System.Buffers;
using System.Buffers.Binary;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Codecs;

/// <summary>
/// The bytes before a column: <c>name length u8 | name | body length u32</c>. Columns go by name, so a field that is added to a kind later, at any
/// position, changes nothing for older logs, and one that is gone is passed over by its length.
/// </summary>
internal static class ColumnHead
{
    /// <summary>Takes the place of a name's length after a table's last column.</summary>
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

/// <summary>How a batch's bytes hold a column. The values are stored and never change.</summary>
internal enum ColumnEncoding : byte
{
    /// <summary>Numbers as distances from the smallest.</summary>
    Numbers = 1,

    /// <summary>Numbers as distances from one less than the smallest; 0 means missing.</summary>
    NumbersWithMissing = 2,

    /// <summary>The first number, then the differences, as distances from the smallest difference.</summary>
    Differences = 3,

    /// <summary>One text for all rows.</summary>
    SameText = 16,

    /// <summary>A text of its own for each row, in the order of rows.</summary>
    TextPerRow = 17,

    /// <summary>A bitmap of the rows that have a text, then as <see cref="TextPerRow"/>.</summary>
    TextPerRowWithMissing = 18,

    /// <summary>A dictionary and a code a row, one more than the text's index in it; 0 means missing.</summary>
    Codes = 19,
}
