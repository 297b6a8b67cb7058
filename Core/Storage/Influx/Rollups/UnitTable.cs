using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>What the rollups need of one project's samples of one kind in a unit, as columns. Not thread safe.</summary>
internal sealed class UnitTable : IColumnChunk
{
    // Conditions and apdex counts need these beside a rollup's fields.
    private static readonly string[] _ofConditions = ["error", "error_class", "status"];

    private static readonly bool[][] _needed = [.. SampleSchema.All.Select(FindNeeded)];

    private readonly SampleTable _rows;
    private readonly SymbolView[] _symbols;
    private int[] _map = [];

    public UnitTable(KindSchema schema)
    {
        _rows = new SampleTable(schema);
        _symbols = new SymbolView[schema.Fields.Length];
    }

    public KindSchema Schema => _rows.Schema;

    public int RowCount => _rows.RowCount;

    public long FirstTime { get; private set; } = long.MaxValue;

    public long LastTime { get; private set; } = long.MinValue;

    /// <summary>Adds all rows of a table.</summary>
    public void Add(SampleTable table)
    {
        int rows = _rows.RowCount + table.RowCount;
        bool[] needed = _needed[(int)Schema.Kind];
        for (int field = 0; field < needed.Length; field++)
        {
            if (!needed[field] || !table.Has(field))
            {
                continue;
            }

            if (Schema.Fields[field].IsText)
            {
                AddTexts(field, table.Texts(field));
            }
            else
            {
                NumberColumn column = _rows.Numbers(field);
                column.PadTo(_rows.RowCount);
                table.Numbers(field).Values.CopyTo(column.Extend(table.RowCount));
            }
        }

        foreach (long time in table.Numbers(KindSchema.Time).Values)
        {
            FirstTime = Math.Min(FirstTime, time);
            LastTime = Math.Max(LastTime, time);
        }

        _rows.RowCount = rows;
    }

    /// <summary>Readies the columns for reading; nothing is added any more.</summary>
    public void Complete()
    {
        _rows.FitColumns();
        for (int field = 0; field < _symbols.Length; field++)
        {
            _symbols[field] = _rows.FindTexts(field)?.Symbols.View() ?? SymbolView.Empty;
        }
    }

    public ReadOnlySpan<long> Numbers(int field) => _rows.FindNumbers(field) is { } column ? column.Values : default;

    public ReadOnlySpan<int> Codes(int field) => _rows.FindTexts(field) is { } column ? column.Codes : default;

    public SymbolView Symbols(int field) => _symbols[field];

    private void AddTexts(int field, TextColumn from)
    {
        TextColumn column = _rows.Texts(field);
        column.PadTo(_rows.RowCount);
        if (_map.Length < from.Symbols.Count)
        {
            _map = new int[Math.Max(from.Symbols.Count, _map.Length * 2)];
        }

        // 0 means "not looked up yet".
        Array.Clear(_map, 0, from.Symbols.Count);
        ReadOnlySpan<int> codes = from.Codes;
        Span<int> added = column.Extend(codes.Length);
        for (int row = 0; row < codes.Length; row++)
        {
            int code = codes[row];
            if (code != TextColumn.Missing && _map[code] == 0)
            {
                _map[code] = column.Symbols.Intern(from.Symbols[code]) + 1;
            }

            added[row] = code == TextColumn.Missing ? TextColumn.Missing : _map[code] - 1;
        }
    }

    private static bool[] FindNeeded(KindSchema schema)
    {
        bool[] needed = new bool[schema.Fields.Length];
        needed[KindSchema.Time] = true;
        foreach (RollupSpec spec in schema.Rollups)
        {
            foreach (int key in spec.Keys)
            {
                needed[key] = true;
            }

            foreach (Measure measure in spec.Measures)
            {
                needed[measure.Field == Measure.NoField ? KindSchema.Time : measure.Field] = true;
            }

            needed[spec.PresentField ?? KindSchema.Time] = true;
        }

        foreach (string name in _ofConditions)
        {
            if (schema.Find(name) is { } field)
            {
                needed[field.Ordinal] = true;
            }
        }

        return needed;
    }
}
