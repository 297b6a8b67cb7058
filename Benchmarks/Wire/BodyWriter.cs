using System.Runtime.InteropServices;
using TimeSeries.Benchmarks.Wire.Fresh;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Wire;

/// <summary>Writes columns of samples as the body of a push, in any of the three forms.</summary>
internal static class BodyWriter
{
    /// <summary>
    /// Writes samples of one kind as a whole body. The columns are equally long and one of them is the time.
    /// </summary>
    /// <param name="writer">Where it goes; what it held before is forgotten.</param>
    /// <param name="kind">The kind of all samples.</param>
    /// <param name="columns">The fields.</param>
    /// <param name="form">The form of the samples.</param>
    /// <param name="id">The batch's idempotency key; none when empty.</param>
    /// <param name="places">Takes the offsets of what is patched later, counted from the body's start.</param>
    public static void Write(
        IWireWriter writer, KindSchema kind, ReadOnlySpan<WireColumn> columns, SampleForm form, ReadOnlySpan<byte> id, PatchPlaces places)
    {
        writer.Clear();
        places.TimeLayout = writer.TimeLayout;
        writer.BeginMap(id.IsEmpty ? 1 : 2);
        if (!id.IsEmpty)
        {
            writer.Key("id"u8);
            writer.Text(id);
        }

        writer.Key(System.Text.Encoding.UTF8.GetBytes(kind.Name));
        switch (form)
        {
            case SampleForm.Rows:
                WriteRows(writer, columns, places);
                break;
            case SampleForm.Table:
                WriteTable(writer, columns, places);
                break;
            case SampleForm.Columns:
                WriteColumns(writer, columns, places);
                break;
        }

        writer.EndMap();
    }

    private static void WriteRows(IWireWriter writer, ReadOnlySpan<WireColumn> columns, PatchPlaces places)
    {
        int rowCount = columns[0].Count;
        writer.BeginArray(rowCount);
        for (int row = 0; row < rowCount; row++)
        {
            int present = 0;
            foreach (WireColumn column in columns)
            {
                present += column.IsMissing(row) ? 0 : 1;
            }

            writer.BeginMap(present);
            foreach (WireColumn column in columns)
            {
                if (!column.IsMissing(row))
                {
                    writer.Key(column.Field.Utf8Name.AsSpan());
                    WriteValue(writer, column, row, places);
                }
            }

            writer.EndMap();
        }

        writer.EndArray();
    }

    private static void WriteTable(IWireWriter writer, ReadOnlySpan<WireColumn> columns, PatchPlaces places)
    {
        writer.BeginMap(2);
        writer.Key("fields"u8);
        writer.BeginArray(columns.Length);
        foreach (WireColumn column in columns)
        {
            writer.Text(column.Field.Utf8Name.AsSpan());
        }

        writer.EndArray();
        writer.Key("rows"u8);
        int rowCount = columns[0].Count;
        writer.BeginArray(rowCount);
        for (int row = 0; row < rowCount; row++)
        {
            writer.BeginArray(columns.Length);
            foreach (WireColumn column in columns)
            {
                WriteValueOrNull(writer, column, row, places);
            }

            writer.EndArray();
        }

        writer.EndArray();
        writer.EndMap();
    }

    private static void WriteColumns(IWireWriter writer, ReadOnlySpan<WireColumn> columns, PatchPlaces places)
    {
        writer.BeginMap(columns.Length);
        foreach (WireColumn column in columns)
        {
            writer.Key(column.Field.Utf8Name.AsSpan());
            if (places.ChoicesOf(column) is { } choices && choices.Count * 2 <= column.Count)
            {
                WriteWholeDictionary(writer, column, choices, places);
            }
            else if (column.Field.Type == FieldType.Text && IsWorthDictionary(column, places))
            {
                WriteDictionary(writer, column);
            }
            else if (writer is MessagePackWireWriter packing && !column.Field.IsText && column.Field.Type != FieldType.Boolean && !column.HasMissing)
            {
                WritePacked(packing, column, places);
            }
            else
            {
                writer.BeginArray(column.Count);
                for (int row = 0; row < column.Count; row++)
                {
                    WriteValueOrNull(writer, column, row, places);
                }

                writer.EndArray();
            }
        }

        writer.EndMap();
    }

    private static bool IsWorthDictionary(WireColumn column, PatchPlaces places) =>
        !column.IsFresh && places.ChoicesOf(column) is null && column.Texts.Symbols.Distinct && column.Texts.Symbols.Count * 2 <= column.Count;

    private static void WriteDictionary(IWireWriter writer, WireColumn column)
    {
        SymbolTable symbols = column.Texts.Symbols;
        writer.BeginMap(2);
        writer.Key("dict"u8);
        writer.BeginArray(symbols.Count);
        for (int code = 0; code < symbols.Count; code++)
        {
            writer.Text(symbols[code]);
        }

        writer.EndArray();
        writer.Key("index"u8);
        if (writer is MessagePackWireWriter packing && !column.HasMissing)
        {
            packing.Packed(column.Texts.Codes);
        }
        else
        {
            writer.BeginArray(column.Count);
            foreach (int code in column.Texts.Codes)
            {
                if (code == TextColumn.Missing)
                {
                    writer.Null();
                }
                else
                {
                    writer.Integer(code);
                }
            }

            writer.EndArray();
        }

        writer.EndMap();
    }

    // Of every text that can be drawn; which one each sample has is written when the body is patched.
    private static void WriteWholeDictionary(IWireWriter writer, WireColumn column, TextChoices choices, PatchPlaces places)
    {
        writer.BeginMap(2);
        writer.Key("dict"u8);
        writer.BeginArray(choices.Count);
        int start = writer.Written.Length;
        for (int number = 0; number < choices.Count; number++)
        {
            writer.Text(choices[number]);
        }

        writer.EndArray();
        writer.Key("index"u8);
        if (writer is MessagePackWireWriter packing)
        {
            places.Note(column, ValueLayout.PackedIndex, packing.Packed(new int[column.Count]), start);
        }
        else
        {
            WriteBlanks((JsonWriter)writer, column, FreshDictionary.DigitsOf(choices.Count - 1), start, places);
        }

        writer.EndMap();
    }

    private static void WriteBlanks(JsonWriter writer, WireColumn column, int digits, int start, PatchPlaces places)
    {
        writer.BeginArray(column.Count);
        for (int row = 0; row < column.Count; row++)
        {
            places.Note(column, ValueLayout.BlankIndex, writer.Blank(digits), start);
        }

        writer.EndArray();
    }

    private static void WritePacked(MessagePackWireWriter writer, WireColumn column, PatchPlaces places)
    {
        if (column.IsDecimal)
        {
            places.Note(column, ValueLayout.PackedDecimal, writer.Packed(MemoryMarshal.Cast<long, double>(column.Numbers.Values)));
            return;
        }

        if (column.Field.Type != FieldType.Time && FitsInt32(column.Numbers.Values))
        {
            places.Note(column, ValueLayout.PackedInt32, writer.Packed(Narrow(column.Numbers.Values)));
            return;
        }

        int first = writer.Packed(column.Numbers.Values);
        places.Note(column, ValueLayout.PackedInt64, first);
        if (column.Field.Type == FieldType.Time)
        {
            places.TimeLayout = TimeLayout.LittleEndian;
            for (int row = 0; row < column.Count; row++)
            {
                places.Times.Add(first + row * sizeof(long));
            }
        }
    }

    private static bool FitsInt32(ReadOnlySpan<long> values)
    {
        foreach (long value in values)
        {
            if (value != (int)value)
            {
                return false;
            }
        }

        return true;
    }

    private static int[] Narrow(ReadOnlySpan<long> values)
    {
        int[] narrow = new int[values.Length];
        for (int i = 0; i < narrow.Length; i++)
        {
            narrow[i] = (int)values[i];
        }

        return narrow;
    }

    private static void WriteValueOrNull(IWireWriter writer, WireColumn column, int row, PatchPlaces places)
    {
        if (column.IsMissing(row))
        {
            writer.Null();
        }
        else
        {
            WriteValue(writer, column, row, places);
        }
    }

    private static void WriteValue(IWireWriter writer, WireColumn column, int row, PatchPlaces places)
    {
        switch (column.Field.Type)
        {
            case FieldType.Time:
                places.Times.Add(writer.Time(column.Numbers.Values[row]));
                break;
            case FieldType.Integer:
                places.Note(column, writer.LayoutOf(column.Field), writer.Integer(column.Numbers.Values[row]));
                break;
            case FieldType.Boolean:
                places.Note(column, writer.LayoutOf(column.Field), writer.Boolean(column.Numbers.Values[row] != 0));
                break;
            case FieldType.Duration or FieldType.Number:
                places.Note(column, writer.LayoutOf(column.Field), writer.Decimal(column.Decimal(row)));
                break;
            case FieldType.Text:
                int offset = writer.Text(column.Text(row));
                places.Note(column, writer.LayoutOf(column.Field), offset);
                if (column.IsFresh)
                {
                    places.Ids.Add(offset);
                }

                break;
            case FieldType.Map:
                writer.Map(column.Text(row));
                break;
        }
    }
}

/// <summary>The three forms of samples in a body.</summary>
public enum SampleForm
{
    /// <summary>An array of maps.</summary>
    Rows,

    /// <summary>Names once, then arrays.</summary>
    Table,

    /// <summary>One map of equally long arrays; dictionaries and packed numbers where the encoding has them.</summary>
    Columns,
}
