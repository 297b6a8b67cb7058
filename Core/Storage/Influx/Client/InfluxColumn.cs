using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>
/// One named column of a response: whole numbers, or codes into a dictionary that continues from one part of the response to the next. Not thread safe.
/// </summary>
internal sealed class InfluxColumn
{
    // A dictionary of this many bytes is dropped at the next part, so that texts which never repeat do not pile up.
    private const int KeptTextBytes = 4 << 20;

    // A part ends with this many bytes of texts, however few its rows are.
    private const int MaxTextBytes = 8 << 20;

    private readonly NumberColumn? _numbers;
    private SymbolTable _symbols = new();
    private int[] _codes = [];

    /// <param name="name">The column's name in the response.</param>
    /// <param name="isText">Whether it holds texts.</param>
    public InfluxColumn(string name, bool isText)
    {
        Name = name;
        _numbers = isText ? null : new NumberColumn();
    }

    public string Name { get; }

    public bool IsText => _numbers is null;

    /// <summary>How many rows have a value in the part at hand.</summary>
    public int ValueCount { get; private set; }

    /// <summary>Whether it has as many texts as a part may.</summary>
    public bool IsFull => _symbols.TextBytes > MaxTextBytes;

    /// <summary>The texts that the codes mean. The owner changes when codes get new meanings.</summary>
    public SymbolView Symbols => _symbols.View();

    /// <summary>The numbers, a row each.</summary>
    public ReadOnlySpan<long> Numbers => _numbers!.Values;

    /// <summary>The codes of the texts, a row each.</summary>
    public ReadOnlySpan<int> Codes(int rowCount) => _codes.AsSpan(0, rowCount);

    /// <summary>The numbers for changing in place.</summary>
    public Span<long> EditNumbers() => _numbers!.Edit();

    /// <summary>The text of a row; empty when missing.</summary>
    public ReadOnlySpan<byte> Text(int row) => _codes[row] < 0 ? default : _symbols[_codes[row]];

    /// <summary>Sets a row's number; rows are set in order.</summary>
    public void SetNumber(int row, long number)
    {
        _numbers!.Set(row, number);
        ValueCount += number == NumberColumn.Missing ? 0 : 1;
    }

    /// <summary>Sets a row's text; an empty one counts as missing.</summary>
    public void SetText(int row, ReadOnlySpan<byte> text)
    {
        Reserve(row);
        _codes[row] = text.IsEmpty ? TextColumn.Missing : _symbols.Intern(text);
        ValueCount += text.IsEmpty ? 0 : 1;
    }

    /// <summary>Makes a row's value missing.</summary>
    public void SetMissing(int row)
    {
        if (_numbers is not null)
        {
            _numbers.Set(row, NumberColumn.Missing);
            return;
        }

        Reserve(row);
        _codes[row] = TextColumn.Missing;
    }

    /// <summary>Empties the column for the next part of a response.</summary>
    public void Clear()
    {
        ValueCount = 0;
        _numbers?.Clear();
        if (_symbols.TextBytes > KeptTextBytes)
        {
            _symbols = new SymbolTable();
        }
    }

    private void Reserve(int row)
    {
        if (row >= _codes.Length)
        {
            Array.Resize(ref _codes, Math.Max(64, _codes.Length * 2));
        }
    }
}
