using TimeSeries.Ingest.Protocols.Native.Wire;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Native.Layouts;

/// <summary>Reads the samples of one kind that are one map: columns by name, or a table's fields and rows. Used again for each body. Not thread safe.</summary>
internal sealed class ColumnsOrTable(KindReader sink)
{
    // Where each column's last value begins, how many rows it has or what is wrong with it (see SampleColumns), and whether there is one.
    private readonly long[] _positions = new long[sink.Schema.Fields.Length];
    private readonly int[] _rowCounts = new int[sink.Schema.Fields.Length];
    private readonly bool[] _met = new bool[sink.Schema.Fields.Length];
    private bool _lastOnly;

    /// <summary>Whether a column came more than once, so that it has to be read again by <see cref="ReadLast"/>.</summary>
    public bool HasRepeatedColumns { get; private set; }

    /// <summary>Reads the map whose head was read last.</summary>
    public void Read<TReader>(ref TReader reader)
        where TReader : struct, IWireReader, allows ref struct
    {
        _lastOnly = false;
        HasRepeatedColumns = false;
        Array.Clear(_met);
        ReadEntries(ref reader);
    }

    /// <summary>Reads the same map once more, passing over all but the last of each column.</summary>
    public void ReadLast<TReader>(ref TReader reader)
        where TReader : struct, IWireReader, allows ref struct
    {
        _lastOnly = true;
        ReadEntries(ref reader);
    }

    private void ReadEntries<TReader>(ref TReader reader)
        where TReader : struct, IWireReader, allows ref struct
    {
        TReader rowsAt = reader;
        TableParts parts = TableParts.None;
        DecodeError? problem = null;
        int left = reader.Count;
        while (reader.NextKey(ref left))
        {
            ReadOnlySpan<byte> name = reader.ReadKey() ? reader.Text : default;
            long position = reader.Position;
            if (name.SequenceEqual("fields"u8))
            {
                problem = TableFields.Read(ref reader, sink) ? null : Refusal("fields have to be an array of names", position);
                parts = (parts | TableParts.Fields) & ~TableParts.Decoded;
            }
            else if (name.SequenceEqual("rows"u8))
            {
                rowsAt = reader;
                parts = (parts | TableParts.Rows) & ~TableParts.Decoded;
                if (parts.HasFlag(TableParts.Fields))
                {
                    parts |= TableParts.Decoded;
                    ReadRows(ref reader);
                }
                else
                {
                    reader.SkipInside(reader.Read());
                }
            }
            else
            {
                ReadColumn(ref reader, name);
            }
        }

        if (reader.Refusal is null)
        {
            Finish(ref reader, ref rowsAt, parts, problem);
        }
    }

    private void ReadColumn<TReader>(ref TReader reader, ReadOnlySpan<byte> name)
        where TReader : struct, IWireReader, allows ref struct
    {
        int ordinal = sink.Names.Find(name);
        if (ordinal < 0)
        {
            sink.AddUnknown(name);
            reader.SkipInside(reader.Read());
            return;
        }

        long position = reader.Position;
        if (_lastOnly && position != _positions[ordinal])
        {
            reader.SkipInside(reader.Read());
            return;
        }

        HasRepeatedColumns |= _met[ordinal];
        _met[ordinal] = true;
        _positions[ordinal] = position;
        _rowCounts[ordinal] = SampleColumns.Read(ref reader, sink, sink.Column(ordinal));
    }

    private void ReadRows<TReader>(ref TReader reader)
        where TReader : struct, IWireReader, allows ref struct
    {
        long position = reader.Position;
        sink.Restart();
        WireType type = reader.Read();
        if (type == WireType.Array)
        {
            SampleRows.ReadTable(ref reader, sink);
        }
        else
        {
            reader.SkipInside(type);
            sink.Problem = Refusal("rows have to be an array of arrays", position);
        }
    }

    private void Finish<TReader>(ref TReader reader, ref TReader rowsAt, TableParts parts, DecodeError? problem)
        where TReader : struct, IWireReader, allows ref struct
    {
        bool hasColumns = Array.IndexOf(_met, true) >= 0;
        if (parts == TableParts.None)
        {
            FinishColumns(reader.Position);
            return;
        }

        if (hasColumns)
        {
            problem = Refusal("columns and a table can't be mixed", reader.Position);
        }
        else if (!parts.HasFlag(TableParts.Fields | TableParts.Rows))
        {
            problem = Refusal("a table needs both its fields and its rows", reader.Position);
        }
        else if (problem is null && !parts.HasFlag(TableParts.Decoded))
        {
            ReadRows(ref rowsAt);
            if (rowsAt.Refusal is { } refusal)
            {
                reader.Refuse(refusal);
            }
        }

        sink.Problem = problem ?? sink.Problem;
    }

    private void FinishColumns(long position)
    {
        int first = -1;
        int used = 0;
        if (IsOneSample())
        {
            sink.Problem = new DecodeError($"{sink.Schema.Name} must be an array of samples; found one alone.", position, sink.Schema.Name);
            return;
        }

        for (int ordinal = 0; ordinal < _met.Length; ordinal++)
        {
            if (!_met[ordinal] || _rowCounts[ordinal] == SampleColumns.Absent)
            {
                continue;
            }

            used++;
            first = first < 0 ? ordinal : first;
            if (ProblemOf(ordinal, first) is { } problem)
            {
                sink.Problem = problem;
                return;
            }
        }

        if (first >= 0)
        {
            sink.SetWidth(used);
            sink.SetRows(_rowCounts[first]);
            sink.Problem = sink.HasRoom ? null : sink.OutOfProportion(position);
        }
    }

    // No value is a list, so it is a sample, and none of several columns is wrong.
    private bool IsOneSample()
    {
        int columns = 0;
        int values = 0;
        for (int ordinal = 0; ordinal < _met.Length; ordinal++)
        {
            columns += _met[ordinal] && _rowCounts[ordinal] != SampleColumns.Absent ? 1 : 0;
            values += _met[ordinal] && _rowCounts[ordinal] == SampleColumns.NotAColumn ? 1 : 0;
        }

        return values > 1 && values == columns;
    }

    private DecodeError? ProblemOf(int ordinal, int first)
    {
        string name = sink.Schema.Fields[ordinal].Name;
        int rows = _rowCounts[ordinal];
        string? detail = rows switch
        {
            SampleColumns.NotAColumn => "a column has to be an array, a dictionary with an index, or (in MessagePack) packed numbers",
            SampleColumns.BrokenPacking => "packed numbers have to be a whole number of values",
            _ when rows != _rowCounts[first] =>
                $"columns have to be equally long: this has {rows} rows, {sink.Schema.Fields[first].Name} has {_rowCounts[first]}",
            _ => null,
        };
        return detail is null ? null : new DecodeError($"{sink.Schema.Name}.{name}: {detail}.", _positions[ordinal], $"{sink.Schema.Name}.{name}");
    }

    private DecodeError Refusal(string detail, long position) => new($"{sink.Schema.Name}: {detail}.", position, sink.Schema.Name);
}

/// <summary>What of a table was met so far.</summary>
[Flags]
internal enum TableParts : byte
{
    None = 0,
    Fields = 1,
    Rows = 2,

    /// <summary>The last rows were read with the last fields.</summary>
    Decoded = 4,
}
