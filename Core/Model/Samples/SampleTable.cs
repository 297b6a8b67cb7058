using TimeSeries.Core.Memory;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Model.Samples;

/// <summary>
/// The samples of one kind in a batch, as columns. A field that no sample has, has no column. Columns are made on first use and keep
/// their memory when the table is emptied. Not thread safe.
/// </summary>
public sealed class SampleTable
{
    private readonly NumberColumn?[] _numbers;
    private readonly TextColumn?[] _texts;
    private readonly bool[] _used;
    private readonly LargeArrayPool? _pool;

    public SampleTable(KindSchema schema)
        : this(schema, null)
    {
    }

    /// <summary>A table whose columns' arrays come from a pool and go back by <see cref="Release"/>.</summary>
    internal SampleTable(KindSchema schema, LargeArrayPool? pool)
    {
        Schema = schema;
        _pool = pool;
        _numbers = new NumberColumn?[schema.Fields.Length];
        _texts = new TextColumn?[schema.Fields.Length];
        _used = new bool[schema.Fields.Length];
    }

    public KindSchema Schema { get; }

    /// <summary>How many samples there are. Set by whoever fills the columns.</summary>
    public int RowCount { get; set; }

    public long AllocatedBytes
    {
        get
        {
            long bytes = 0;
            for (int i = 0; i < _used.Length; i++)
            {
                bytes += (_numbers[i]?.AllocatedBytes ?? 0) + (_texts[i]?.AllocatedBytes ?? 0);
            }

            return bytes;
        }
    }

    /// <summary>Whether the field has a column.</summary>
    public bool Has(int field) => _used[field];

    /// <summary>The column of a number field, made (empty) when there is none yet.</summary>
    public NumberColumn Numbers(int field)
    {
        _used[field] = true;
        return _numbers[field] ??= new NumberColumn(_pool);
    }

    /// <summary>The column of a text field, made (empty) when there is none yet.</summary>
    public TextColumn Texts(int field)
    {
        _used[field] = true;
        return _texts[field] ??= new TextColumn(_pool);
    }

    /// <summary>The column of a number field, or null when no sample has the field.</summary>
    public NumberColumn? FindNumbers(int field) => _used[field] ? _numbers[field] : null;

    /// <summary>The column of a text field, or null when no sample has the field.</summary>
    public TextColumn? FindTexts(int field) => _used[field] ? _texts[field] : null;

    /// <summary>Takes a field's column away.</summary>
    public void Remove(int field)
    {
        _used[field] = false;
        _numbers[field]?.Clear();
        _texts[field]?.Clear();
    }

    /// <summary>Makes every column <see cref="RowCount"/> rows long: of a row that was begun and is no sample values may be left behind the last.</summary>
    public void FitColumns()
    {
        for (int i = 0; i < _used.Length; i++)
        {
            if (_used[i])
            {
                _numbers[i]?.Truncate(RowCount);
                _numbers[i]?.PadTo(RowCount);
                _texts[i]?.Truncate(RowCount);
                _texts[i]?.PadTo(RowCount);
            }
        }
    }

    public void Clear()
    {
        RowCount = 0;
        for (int i = 0; i < _used.Length; i++)
        {
            Remove(i);
        }
    }

    /// <summary>Empties the table and gives its memory back.</summary>
    internal void Release()
    {
        RowCount = 0;
        Array.Clear(_used);
        for (int i = 0; i < _used.Length; i++)
        {
            _numbers[i]?.Release();
            _texts[i]?.Release();
        }
    }
}
