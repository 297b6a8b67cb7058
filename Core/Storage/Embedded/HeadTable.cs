using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>The rows of one project and kind in a head. One writer; readers take <see cref="View"/>.</summary>
internal sealed class HeadTable
{
    // Where this many texts were looked at and hardly one repeated, looking costs more than it saves.
    private const int ProbeTexts = 4_096;

    private readonly List<HeadPiece> _pieces = [];
    private readonly SymbolTable?[] _symbols;
    private readonly int[]?[] _batchCodes;
    private readonly int[]?[] _scratchCodes;
    private HeadPieceView[] _whole = [];
    private int[] _remap = [];
    private volatile HeadView _view = HeadView.Empty;
    private long _pieceBytes;

    public HeadTable(long pcode, KindSchema schema)
    {
        Pcode = pcode;
        Schema = schema;
        _symbols = new SymbolTable?[schema.Fields.Length];
        _batchCodes = new int[]?[schema.Fields.Length];
        _scratchCodes = new int[]?[schema.Fields.Length];
    }

    public long Pcode { get; }

    public KindSchema Schema { get; }

    /// <summary>Everything that was appended before. Any thread.</summary>
    public HeadView View => _view;

    /// <summary>Bytes of memory held.</summary>
    public long AllocatedBytes
    {
        get
        {
            long bytes = _pieceBytes + (_pieces.Count == 0 ? 0 : _pieces[^1].AllocatedBytes);
            foreach (SymbolTable? symbols in _symbols)
            {
                bytes += symbols?.AllocatedBytes ?? 0;
            }

            return bytes;
        }
    }

    /// <summary>Appends a batch's rows and shows them. <paramref name="firstNumber"/> is the running number of the first.</summary>
    public void Append(SampleTable table, long firstNumber)
    {
        for (int field = 0; field < Schema.Fields.Length; field++)
        {
            _batchCodes[field] = Schema.Fields[field].IsText && table.FindTexts(field) is { } column ? Translate(field, column) : null;
        }

        for (int row = 0; row < table.RowCount;)
        {
            HeadPiece piece = WritablePiece();
            int rows = Math.Min(table.RowCount - row, HeadPiece.MaxRows - piece.RowCount);
            piece.Append(table, row, rows, _batchCodes, firstNumber);
            row += rows;
        }

        Publish(table.RowCount);
    }

    private HeadPiece WritablePiece()
    {
        if (_pieces.Count == 0 || _pieces[^1].RowCount == HeadPiece.MaxRows)
        {
            if (_pieces.Count > 0)
            {
                _pieceBytes += _pieces[^1].AllocatedBytes;
                _whole = [.. _whole, _pieces[^1].View()];
            }

            _pieces.Add(new HeadPiece(Schema));
        }

        return _pieces[^1];
    }

    private void Publish(int rows)
    {
        SymbolView[] symbols = new SymbolView[_symbols.Length];
        for (int field = 0; field < symbols.Length; field++)
        {
            symbols[field] = _symbols[field]?.View() ?? SymbolView.Empty;
        }

        _view = new HeadView(_view.RowCount + rows, [.. _whole, _pieces[^1].View()], symbols);
    }

    // The batch's codes as codes of the head's dictionary: one look-up per distinct text, none where texts hardly repeat.
    private int[] Translate(int field, TextColumn column)
    {
        SymbolTable symbols = _symbols[field] ??= new SymbolTable();
        ReadOnlySpan<int> codes = column.Codes;
        int[]? into = _scratchCodes[field];
        if (into is null || into.Length < codes.Length)
        {
            _scratchCodes[field] = into = new int[codes.Length];
        }

        SymbolView texts = column.Symbols.View();
        bool hardlyRepeat = symbols.Count >= ProbeTexts && symbols.Count * 4L > _view.RowCount * 3L;
        if (hardlyRepeat || !symbols.Distinct || !texts.Distinct)
        {
            int first = symbols.AddAll(texts);
            for (int i = 0; i < codes.Length; i++)
            {
                into[i] = codes[i] == TextColumn.Missing ? TextColumn.Missing : codes[i] + first;
            }

            return into;
        }

        Remap(codes, texts, symbols, into);
        return into;
    }

    private void Remap(ReadOnlySpan<int> codes, SymbolView texts, SymbolTable symbols, int[] into)
    {
        if (_remap.Length <= texts.Count)
        {
            _remap = new int[texts.Count + 1];
        }

        // Place 0 is for missing (−1), so that the loop over the rows has no branch.
        _remap[0] = TextColumn.Missing;
        for (int code = 0; code < texts.Count; code++)
        {
            _remap[code + 1] = symbols.Intern(texts[code]);
        }

        for (int i = 0; i < codes.Length; i++)
        {
            into[i] = _remap[codes[i] + 1];
        }
    }
}
