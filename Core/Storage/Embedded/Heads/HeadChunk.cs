using TimeSeries.Core.Aggregate.Listing;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Embedded.Heads;

/// <summary>
/// A run of rows of a head's table as append-only columns. Growing or a new column replaces arrays and never changes what a reader was
/// given, so a <see cref="HeadChunkSnapshot"/> stays true until <see cref="Release"/>. One writer.
/// </summary>
internal sealed class HeadChunk
{
    /// <summary>Rows of a whole chunk. Copying to grow ends here, and each chunk has its own range of times.</summary>
    public const int MaxRows = 1 << 14;

    /// <summary>Rows that a table's first chunk starts with.</summary>
    public const int SmallestCapacity = 64;

    private readonly KindSchema _schema;
    private readonly LargeArrayPool _pool;
    private long[]?[] _numbers;
    private int[]?[] _codes;
    private long[] _runningNumbers;
    private int _capacity;

    // Whether a view may show the lists of columns: then a new column makes new ones.
    private bool _isShown;
    private long _firstTime = long.MaxValue;
    private long _lastTime = long.MinValue;

    public HeadChunk(KindSchema schema, LargeArrayPool pool, int capacity)
    {
        _schema = schema;
        _pool = pool;
        _capacity = capacity;
        _runningNumbers = pool.Rent<long>(capacity);
        AllocatedBytes = capacity * (long)sizeof(long);
        _numbers = new long[]?[schema.Fields.Length];
        _codes = new int[]?[schema.Fields.Length];
    }

    public int RowCount { get; private set; }

    public long AllocatedBytes { get; private set; }

    public HeadChunkSnapshot View()
    {
        _isShown = true;
        return new HeadChunkSnapshot(RowCount, _firstTime, _lastTime, _numbers, _codes, _runningNumbers);
    }

    /// <summary>Appends rows of a batch's table; they must fit. <paramref name="codes"/> are the head's codes of each text column, whole.</summary>
    public void Append(SampleTable table, int firstRow, int rows, int[]?[] codes, long firstNumber)
    {
        Reserve(RowCount + rows);
        for (int field = 0; field < _schema.Fields.Length; field++)
        {
            if (_schema.Fields[field].IsText)
            {
                AppendCodes(field, codes[field], firstRow, rows);
            }
            else
            {
                AppendNumbers(field, table.FindNumbers(field), firstRow, rows);
            }
        }

        for (int i = 0; i < rows; i++)
        {
            _runningNumbers[RowCount + i] = firstNumber + firstRow + i;
        }

        foreach (long time in _numbers[KindSchema.Time].AsSpan(RowCount, rows))
        {
            _firstTime = Math.Min(_firstTime, time);
            _lastTime = Math.Max(_lastTime, time);
        }

        RowCount += rows;
    }

    /// <summary>Gives the arrays back. Only when no view is read any more.</summary>
    public void Release()
    {
        _pool.Return(_runningNumbers);
        for (int field = 0; field < _numbers.Length; field++)
        {
            if (_numbers[field] is { } numbers)
            {
                _pool.Return(numbers);
            }

            if (_codes[field] is { } codes)
            {
                _pool.Return(codes);
            }
        }
    }

    private void AppendNumbers(int field, NumberColumn? column, int firstRow, int rows)
    {
        if (column is not null)
        {
            long[] into = _numbers[field] ?? AddNumbers(field);
            column.Values.Slice(firstRow, rows).CopyTo(into.AsSpan(RowCount));
        }
        else
        {
            _numbers[field]?.AsSpan(RowCount, rows).Fill(NumberColumn.Missing);
        }
    }

    private void AppendCodes(int field, int[]? codes, int firstRow, int rows)
    {
        if (codes is not null)
        {
            int[] into = _codes[field] ?? AddCodes(field);
            codes.AsSpan(firstRow, rows).CopyTo(into.AsSpan(RowCount));
        }
        else
        {
            _codes[field]?.AsSpan(RowCount, rows).Fill(TextColumn.Missing);
        }
    }

    private long[] AddNumbers(int field)
    {
        long[] column = _pool.Rent<long>(_capacity);
        column.AsSpan(0, RowCount).Fill(NumberColumn.Missing);
        Unshare();
        _numbers[field] = column;
        AllocatedBytes += _capacity * (long)sizeof(long);
        return column;
    }

    private int[] AddCodes(int field)
    {
        int[] column = _pool.Rent<int>(_capacity);
        column.AsSpan(0, RowCount).Fill(TextColumn.Missing);
        Unshare();
        _codes[field] = column;
        AllocatedBytes += _capacity * (long)sizeof(int);
        return column;
    }

    private void Unshare()
    {
        if (_isShown)
        {
            _numbers = [.. _numbers];
            _codes = [.. _codes];
            _isShown = false;
        }
    }

    private void Reserve(int rows)
    {
        if (rows <= _capacity)
        {
            return;
        }

        _capacity = Math.Min(MaxRows, Math.Max(rows, _capacity * 2));
        AllocatedBytes = _capacity * (long)sizeof(long);
        _runningNumbers = Grow(_runningNumbers, _pool.Rent<long>(_capacity));
        long[]?[] numbers = new long[]?[_numbers.Length];
        int[]?[] codes = new int[]?[_codes.Length];
        for (int field = 0; field < numbers.Length; field++)
        {
            if (_numbers[field] is { } column)
            {
                numbers[field] = Grow(column, _pool.Rent<long>(_capacity));
                AllocatedBytes += _capacity * (long)sizeof(long);
            }

            if (_codes[field] is { } texts)
            {
                codes[field] = Grow(texts, _pool.Rent<int>(_capacity));
                AllocatedBytes += _capacity * (long)sizeof(int);
            }
        }

        _numbers = numbers;
        _codes = codes;
        _isShown = false;
    }

    // A view may show the array before, so it is left to the collector: only a table's first chunk grows.
    private T[] Grow<T>(T[] column, T[] grown)
    {
        column.AsSpan(0, RowCount).CopyTo(grown);
        return grown;
    }
}

/// <summary>The first rows of a chunk, as of one moment. Immutable.</summary>
/// <param name="RowCount">How many elements of the arrays are rows.</param>
/// <param name="FirstTime">The smallest time, in ms.</param>
/// <param name="LastTime">The greatest time, in ms.</param>
/// <param name="Numbers">Number columns by field; null where no row has the field.</param>
/// <param name="Codes">Text columns by field; null where no row has the field.</param>
/// <param name="SequenceNumbers">The rows' sequence numbers, ascending.</param>
internal sealed record HeadChunkSnapshot(
    int RowCount, long FirstTime, long LastTime, long[]?[] Numbers, int[]?[] Codes, long[] SequenceNumbers);

/// <summary>A chunk of a head as the aggregation and lists read it.</summary>
internal sealed class HeadChunkReader(HeadChunkSnapshot chunk, SymbolView[] symbols) : IIdentifiedChunk
{
    public int RowCount => chunk.RowCount;

    public long FirstTime => chunk.FirstTime;

    public long LastTime => chunk.LastTime;

    public ReadOnlySpan<long> SequenceNumbers => chunk.SequenceNumbers.AsSpan(0, chunk.RowCount);

    public ReadOnlySpan<ulong> Nodes => default;

    public ReadOnlySpan<long> Numbers(int field) => chunk.Numbers[field] is { } column ? column.AsSpan(0, chunk.RowCount) : default;

    public ReadOnlySpan<int> Codes(int field) => chunk.Codes[field] is { } column ? column.AsSpan(0, chunk.RowCount) : default;

    public SymbolView Symbols(int field) => symbols[field];
}
