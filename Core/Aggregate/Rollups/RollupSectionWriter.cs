using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>
/// Encodes the buckets of one rollup at one level as they close. The section: format, kind, declaration, level, apdex threshold; the dictionaries
/// of the key's texts and of the latest texts; the list of buckets; then each bucket's columns, keys first.
/// </summary>
internal sealed class RollupSectionWriter
{
    public const byte Format = 1;

    /// <summary>Stands in the list of row counts for a bucket marked raw.</summary>
    public const long RawMark = -1;

    private readonly RollupSpec _spec;
    private readonly KindSchema _schema;
    private readonly SymbolTable[] _keyTexts;
    private readonly SymbolTable[] _latestTexts;
    private readonly RollupWriter _columns = new();
    private readonly RollupWriter _complete = new();
    private readonly List<long> _starts = [];
    private readonly List<long> _samples = [];
    private readonly List<long> _counted = [];
    private readonly List<long> _rows = [];
    private long[] _column = [];

    public RollupSectionWriter(KindSchema schema, RollupSpec spec)
    {
        _schema = schema;
        _spec = spec;
        _keyTexts = NewTables(spec.Keys.Length);
        _latestTexts = NewTables(spec.Measures.Length);
    }

    /// <summary>Whether any bucket has rows.</summary>
    public bool HasRows { get; private set; }

    /// <summary>Appends a bucket that queries must read raw.</summary>
    public void AppendRaw(long start, long samples) => Append(start, samples, 0, RawMark);

    /// <summary>Appends a bucket with its settled groups.</summary>
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
            grouped.States[i].Write(_columns, rows, _latestTexts[i]);
        }
    }

    /// <summary>The section; valid until the next one is completed.</summary>
    public ReadOnlyMemory<byte> Complete(int specIndex, RollupLevel level, long apdexThresholdMicroseconds)
    {
        RollupWriter section = _complete;
        section.Clear();
        section.WriteByte(Format);
        section.WriteByte((byte)_schema.Kind);
        section.WriteVarint((ulong)specIndex);
        section.WriteByte((byte)level);
        section.WriteVarint((ulong)apdexThresholdMicroseconds);
        WriteDeclaration(section);
        WriteDictionaries(section);
        section.WriteVarint((ulong)_starts.Count);
        section.WriteNumbers([.. _starts]);
        section.WriteNumbers([.. _samples]);
        section.WriteNumbers([.. _counted]);
        section.WriteNumbers([.. _rows]);
        section.WriteBytes(_columns.Written.Span);
        return section.Written;
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

    // The declaration as it is now, so that a section of an older one is never taken for today's.
    private void WriteDeclaration(RollupWriter section)
    {
        section.WriteVarint((ulong)(_spec.PresentField + 1 ?? 0));
        section.WriteVarint((ulong)_spec.Keys.Length);
        foreach (int key in _spec.Keys)
        {
            section.WriteVarint((ulong)key);
        }

        section.WriteVarint((ulong)_spec.Measures.Length);
        foreach (Measure measure in _spec.Measures)
        {
            section.WriteByte((byte)measure.Kind);
            section.WriteVarint((ulong)(measure.Field + 1));
            section.WriteByte((byte)measure.Condition);
        }
    }

    private void WriteDictionaries(RollupWriter section)
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
