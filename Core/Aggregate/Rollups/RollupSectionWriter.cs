using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Aggregate.Measures;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>Encodes the buckets of one rollup at one level as they close. See docs/format/block.md for the layout.</summary>
internal sealed class RollupSectionWriter
{
    /// <summary>The version of the layout that is written. Version 1 named fields by their position in the kind; its sections are not used.</summary>
    public const byte Format = 3;

    /// <summary>The oldest version that is read: it has the extremes of each sketch, and no runs with outliers.</summary>
    public const byte OldestFormat = 2;

    /// <summary>Stands in the list of row counts for a bucket marked raw.</summary>
    public const long RawMark = -1;

    private readonly RollupSpec _spec;
    private readonly KindSchema _schema;
    private readonly byte[] _declaration;
    private readonly SymbolTable[] _keyTexts;
    private readonly SymbolTable[] _latestTexts;
    private readonly ByteWriter _columns = new();
    private readonly ByteWriter _complete = new();
    private readonly List<long> _starts = [];
    private readonly List<long> _samples = [];
    private readonly List<long> _counted = [];
    private readonly List<long> _rows = [];
    private long[] _column = [];

    public RollupSectionWriter(KindSchema schema, RollupSpec spec)
    {
        _schema = schema;
        _spec = spec;
        _declaration = DeclarationOf(schema, spec);
        _keyTexts = NewTables(spec.Keys.Length);
        _latestTexts = NewTables(spec.Measures.Length);
    }

    /// <summary>Whether any bucket has rows.</summary>
    public bool HasRows { get; private set; }

    /// <summary>Appends a bucket that queries must read raw.</summary>
    public void AppendRaw(long start, long samples) => Append(start, samples, 0, RawMark);

    /// <summary>Appends a bucket with its finished groups.</summary>
    public void Append(long start, long samples, long counted, HashAggregator grouped)
    {
        int rows = grouped.Groups.Count;
        Append(start, samples, counted, rows);
        HasRows = true;
        for (int part = 0; part < _keyTexts.Length; part++)
        {
            _columns.WriteNumbers(KeyColumn(grouped.Groups, part));
        }

        for (int i = 0; i < _latestTexts.Length; i++)
        {
            if (grouped.States[i] is SketchAccumulator sketch && HasExtremes(_spec, i, out _, out _))
            {
                sketch.WriteBins(_columns, rows);
            }
            else
            {
                grouped.States[i].Write(_columns, rows, _latestTexts[i]);
            }
        }
    }

    /// <summary>The section; valid until the next one is completed.</summary>
    public ReadOnlyMemory<byte> Complete(int specIndex, RollupLevel level, long apdexThresholdMicroseconds)
    {
        ByteWriter section = _complete;
        section.Clear();
        section.Byte(Format);
        section.Byte((byte)_schema.Kind);
        section.Varint((ulong)specIndex);
        section.Byte((byte)level);
        section.Varint((ulong)apdexThresholdMicroseconds);
        section.Bytes(_declaration);
        WriteDictionaries(section);
        section.Varint((ulong)_starts.Count);
        section.WriteNumbers([.. _starts]);
        section.WriteNumbers([.. _samples]);
        section.WriteNumbers([.. _counted]);
        section.WriteNumbers([.. _rows]);
        section.Bytes(_columns.Written);
        return section.WrittenMemory;
    }

    /// <summary>Begins a new section.</summary>
    public void Clear()
    {
        foreach (SymbolTable texts in _keyTexts)
        {
            texts.Clear();
        }

        foreach (SymbolTable texts in _latestTexts)
        {
            texts.Clear();
        }

        _columns.Clear();
        _starts.Clear();
        _samples.Clear();
        _counted.Clear();
        _rows.Clear();
        HasRows = false;
    }

    /// <summary>Whether a measure keeps texts.</summary>
    public static bool IsText(KindSchema schema, Measure measure) => measure.Kind == MeasureKind.Latest && schema.Fields[measure.Field].IsText;

    /// <summary>Whether measures before a sketch keep its smallest and its greatest value, which are then not written twice.</summary>
    public static bool HasExtremes(RollupSpec spec, int sketch, out int smallest, out int greatest)
    {
        smallest = -1;
        greatest = -1;
        Measure of = spec.Measures[sketch];
        for (int i = 0; i < sketch; i++)
        {
            Measure measure = spec.Measures[i];
            bool isOfSame = measure.Field == of.Field && measure.Condition == of.Condition;
            smallest = isOfSame && measure.Kind == MeasureKind.Min ? i : smallest;
            greatest = isOfSame && measure.Kind == MeasureKind.Max ? i : greatest;
        }

        return smallest >= 0 && greatest >= 0;
    }

    private static SymbolTable[] NewTables(int count)
    {
        SymbolTable[] tables = new SymbolTable[count];
        for (int i = 0; i < count; i++)
        {
            tables[i] = new SymbolTable();
        }

        return tables;
    }

    private void Append(long start, long samples, long counted, long rows)
    {
        _starts.Add(start);
        _samples.Add(samples);
        _counted.Add(counted);
        _rows.Add(rows);
    }

    private ReadOnlySpan<long> KeyColumn(GroupTable groups, int part)
    {
        GroupKeyColumn values = groups.Parts[part];
        bool isText = _schema.Fields[_spec.Keys[part]].IsText;
        _column = _column.Length >= groups.Count ? _column : new long[groups.Count];
        Span<long> column = _column.AsSpan(0, groups.Count);
        for (int group = 0; group < column.Length; group++)
        {
            int value = groups.ValueOf(group, part);
            bool isCode = isText && !values.IsMissing(value);
            column[group] = isCode ? _keyTexts[part].Intern(values.Text(value)) : values.Number(value);
        }

        return column;
    }

    // Fields go by name, so a field that is added anywhere leaves older sections readable.
    private static byte[] DeclarationOf(KindSchema schema, RollupSpec spec)
    {
        IEnumerable<int> named = spec.Keys.Concat(spec.Measures.Select(measure => measure.Field)).Append(spec.PresentField ?? Measure.NoField);
        List<int> fields = [.. named.Where(field => field != Measure.NoField).Distinct()];
        ByteWriter declaration = new();
        declaration.Varint((ulong)fields.Count);
        foreach (int ordinal in fields)
        {
            Field field = schema.Fields[ordinal];
            declaration.Text(field.Utf8Name.AsSpan());
            declaration.Byte(field.IsText ? (byte)1 : (byte)0);
        }

        // No field has no index, which is written as 0.
        declaration.Varint((ulong)(fields.IndexOf(spec.PresentField ?? Measure.NoField) + 1));
        declaration.Varint((ulong)spec.Keys.Length);
        foreach (int key in spec.Keys)
        {
            declaration.Varint((ulong)fields.IndexOf(key));
        }

        declaration.Varint((ulong)spec.Measures.Length);
        foreach (Measure measure in spec.Measures)
        {
            declaration.Byte((byte)measure.Kind);
            declaration.Varint((ulong)(fields.IndexOf(measure.Field) + 1));
            declaration.Byte((byte)measure.Condition);
        }

        return declaration.Written.ToArray();
    }

    private void WriteDictionaries(ByteWriter section)
    {
        for (int part = 0; part < _keyTexts.Length; part++)
        {
            if (_schema.Fields[_spec.Keys[part]].IsText)
            {
                section.WriteTexts(_keyTexts[part]);
            }
        }

        for (int i = 0; i < _latestTexts.Length; i++)
        {
            if (IsText(_schema, _spec.Measures[i]))
            {
                section.WriteTexts(_latestTexts[i]);
            }
        }
    }
}
