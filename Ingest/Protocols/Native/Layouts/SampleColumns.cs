using TimeSeries.Core.Building;
using TimeSeries.Ingest.Protocols.Native.Wire;

namespace TimeSeries.Ingest.Protocols.Native.Layouts;

/// <summary>Reads one column of samples that come as columns: plain values, a dictionary with an index, or packed numbers.</summary>
internal static class SampleColumns
{
    /// <summary>The column was null: no sample has the field.</summary>
    public const int Absent = -1;

    /// <summary>It is no column.</summary>
    public const int NotAColumn = -2;

    /// <summary>It is packed, and its bytes are not a whole number of values.</summary>
    public const int BrokenPacking = -3;

    /// <summary>Reads the next value, all of it, as a column; gives how many rows it has, or what is wrong with it.</summary>
    public static int Read<TReader>(ref TReader reader, KindReader sink, FieldBuilder column)
        where TReader : struct, IWireReader, allows ref struct
    {
        WireType type = reader.Read();
        switch (type)
        {
            case WireType.Null:
                return Absent;
            case WireType.Array:
                return ReadValues(ref reader, sink, column);
            case WireType.Map:
                return ReadCoded(ref reader, sink, column);
            default:
                return NotAColumn;
        }
    }

    private static int ReadValues<TReader>(ref TReader reader, KindReader sink, FieldBuilder column)
        where TReader : struct, IWireReader, allows ref struct
    {
        int row = 0;
        int left = reader.Count;
        while (reader.NextValue(ref left))
        {
            ValueOutcome outcome = ValueReader.Read(ref reader, column, row);
            if (outcome != ValueOutcome.Kept)
            {
                sink.Note(column, row, outcome);
            }

            row++;
        }

        return row;
    }

    // A dictionary has to be read before its index, in whichever order they come: both are passed over first and come back to.
    private static int ReadCoded<TReader>(ref TReader reader, KindReader sink, FieldBuilder column)
        where TReader : struct, IWireReader, allows ref struct
    {
        TReader dictionary = reader;
        TReader index = reader;
        CodedParts parts = CodedParts.None;
        PackedNumbers packed = default;
        int left = reader.Count;
        while (reader.NextKey(ref left))
        {
            ReadOnlySpan<byte> name = reader.ReadKey() ? reader.Text : default;
            if (name.SequenceEqual("dict"u8))
            {
                parts |= CodedParts.Dictionary;
                dictionary = reader;
            }
            else if (name.SequenceEqual("index"u8))
            {
                parts |= CodedParts.Index;
                index = reader;
            }
            else
            {
                PackedNumbers found = PackedNumbers.Find(ref reader, name);
                parts |= found.IsPacked ? CodedParts.Packed : CodedParts.Strange;
                packed = found;
                continue;
            }

            reader.SkipInside(reader.Read());
        }

        return parts switch
        {
            CodedParts.Packed => packed.HasWholeValues ? packed.Fill(sink, column) : BrokenPacking,
            (CodedParts.Dictionary | CodedParts.Index) when reader.Refusal is null => ReadDictionary(ref dictionary, ref index, sink, column),
            _ => NotAColumn,
        };
    }

    private static int ReadDictionary<TReader>(ref TReader dictionary, ref TReader index, KindReader sink, FieldBuilder column)
        where TReader : struct, IWireReader, allows ref struct
    {
        if (dictionary.Read() != WireType.Array)
        {
            return NotAColumn;
        }

        sink.Dictionary.Clear();
        int left = dictionary.Count;
        while (dictionary.NextValue(ref left))
        {
            AddEntry(ref dictionary, sink.Dictionary, column);
        }

        switch (index.Read())
        {
            case WireType.Array:
                return ReadIndex(ref index, sink, column);
            case WireType.Map:
                int keys = index.Count;
                PackedNumbers packed = default;
                while (index.NextKey(ref keys))
                {
                    packed = PackedNumbers.Find(ref index, index.ReadKey() ? index.Text : default);
                    if (!packed.IsPacked)
                    {
                        return NotAColumn;
                    }
                }

                return !packed.IsPacked ? NotAColumn : packed.HasWholeValues ? packed.FillCodes(sink, column) : BrokenPacking;
            default:
                return NotAColumn;
        }
    }

    private static void AddEntry<TReader>(ref TReader reader, DictionaryEntries entries, FieldBuilder column)
        where TReader : struct, IWireReader, allows ref struct
    {
        if (column.IsText)
        {
            ValueOutcome outcome = ValueReader.ReadText(ref reader, column, entries.ShowsMore ? 0 : -1, out int code);
            entries.Add(code, outcome, column.Reason, column.Value);
            return;
        }

        // Only texts may be coded; a dictionary of anything else has the wrong type, but for its nulls.
        WireType type = reader.Read();
        string? value = entries.ShowsMore ? ValueReader.Show(ref reader, type, column) : null;
        reader.SkipInside(type);
        entries.Add(-1, type == WireType.Null ? ValueOutcome.Kept : ValueOutcome.Rejected, RejectReason.WrongType, value);
    }

    private static int ReadIndex<TReader>(ref TReader reader, KindReader sink, FieldBuilder column)
        where TReader : struct, IWireReader, allows ref struct
    {
        int row = 0;
        int left = reader.Count;
        while (reader.NextValue(ref left))
        {
            WireType type = reader.Read();
            if (type is WireType.Integer or WireType.Float)
            {
                sink.SetCoded(column, row, type == WireType.Integer ? reader.Integer : PackedNumbers.IndexOf(reader.Float));
            }
            else if (type != WireType.Null)
            {
                string? value = column.Shows(row) ? ValueReader.Show(ref reader, type, column) : null;
                reader.SkipInside(type);
                sink.Reject(column, row, RejectReason.BadIndex, value);
            }

            row++;
        }

        return row;
    }
}
