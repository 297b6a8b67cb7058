using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using MessagePack;

namespace TimeSeries.Query.Responses;

/// <summary>
/// Writes values as MessagePack: whole numbers as integers in their shortest form, all others as float 64. A column or field is therefore
/// always of one type, also where JSON shows a fraction without decimals. A whole number wider than 64 bits is a float 64 too.
/// </summary>
internal sealed class MessagePackValueWriter(IBufferWriter<byte> output) : IValueWriter
{
    public void WriteStartMap(int count)
    {
        MessagePackWriter writer = new(output);
        writer.WriteMapHeader(count);
        writer.Flush();
    }

    public void WriteEndMap()
    {
        // The count says where a map ends.
    }

    public void WriteStartArray(int count)
    {
        MessagePackWriter writer = new(output);
        writer.WriteArrayHeader(count);
        writer.Flush();
    }

    public void WriteEndArray()
    {
        // The count says where an array ends.
    }

    public void WriteName(ReadOnlySpan<byte> utf8)
    {
        MessagePackWriter writer = new(output);
        writer.WriteString(utf8);
        writer.Flush();
    }

    public void WriteCell(Cell cell)
    {
        MessagePackWriter writer = new(output);
        switch (cell.Form)
        {
            case CellForm.Missing:
                writer.WriteNil();
                break;
            case CellForm.Boolean:
                writer.Write(cell.Utf8.SequenceEqual("true"u8));
                break;
            case CellForm.Integer when Utf8Parser.TryParse(cell.Utf8, out long whole, out int length) && length == cell.Utf8.Length:
                writer.Write(whole);
                break;
            case CellForm.Integer or CellForm.Fraction:
                writer.Write(double.Parse(cell.Utf8, NumberStyles.Float, CultureInfo.InvariantCulture));
                break;
            case CellForm.Text:
                writer.WriteString(cell.Utf8);
                break;
            case CellForm.Object:
                MessagePackSerializer.ConvertFromJson(Encoding.UTF8.GetString(cell.Utf8), ref writer);
                break;
        }

        writer.Flush();
    }

    public void Flush()
    {
        // Each value went to the connection's buffer as it was written.
    }
}
