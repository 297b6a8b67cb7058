using System.Buffers;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded.Blocks.Codecs;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;

namespace TimeSeries.Core.Storage.Embedded.Compaction;

/// <summary>Reads one column of one project of one block that is merged, row after row.</summary>
internal sealed class MergeCursor(BlockReader columns, LargeArrayPool pool) : IDisposable
{
    private readonly long[] _numbers = ArrayPool<long>.Shared.Rent(BlockFormat.MaxChunkRows);
    private readonly int[] _codes = ArrayPool<int>.Shared.Rent(BlockFormat.MaxChunkRows);
    private readonly TextScratch _texts = new(pool);
    private int _column;
    private int _chunk;
    private int _endChunk;
    private int _row;
    private int _rows;

    public BlockReader Columns { get; } = columns;

    /// <summary>What the codes mean that <see cref="Codes"/> shows.</summary>
    public SymbolView Symbols { get; private set; }

    /// <summary>Goes to the first row of a project, which the block need not have.</summary>
    public void Open(int column, long pcode)
    {
        _column = column;
        SectionIndex? section = Columns.Index.Find(pcode);
        _chunk = (section?.FirstChunk ?? 0) - 1;
        _endChunk = _chunk + (section?.ChunkCount ?? 0);
        _row = 0;
        _rows = 0;
    }

    /// <summary>The numbers from here to the end of the chunk; empty behind the last row.</summary>
    public ReadOnlySpan<long> Numbers()
    {
        if (_row == _rows && NextChunk())
        {
            Span<long> into = _numbers.AsSpan(0, _rows);
            if (!Columns.ReadNumbers(_column, _chunk, into))
            {
                into.Fill(NumberColumn.Missing);
            }
        }

        return _numbers.AsSpan(_row, _rows - _row);
    }

    /// <summary>The codes from here to the end of the chunk; empty behind the last row.</summary>
    public ReadOnlySpan<int> Codes()
    {
        if (_row == _rows && NextChunk())
        {
            Span<int> into = _codes.AsSpan(0, _rows);
            if (Columns.Index.Columns[_column] is not { HasDictionary: true })
            {
                Symbols = Columns.ReadTexts(_column, _chunk, into, _texts);
            }
            else if (!Columns.ReadCodes(_column, _chunk, into))
            {
                into.Fill(TextColumn.Missing);
            }
        }

        return _codes.AsSpan(_row, _rows - _row);
    }

    /// <summary>Reads what the codes of a column mean where it has a dictionary.</summary>
    public void ReadDictionary(int column) => Symbols = Columns.ReadDictionary(column, _texts);

    public void Skip(int rows) => _row += rows;

    public void Dispose()
    {
        ArrayPool<long>.Shared.Return(_numbers);
        ArrayPool<int>.Shared.Return(_codes);
        _texts.Release();
    }

    private bool NextChunk()
    {
        if (_chunk >= _endChunk)
        {
            return false;
        }

        _chunk++;
        _row = 0;
        _rows = Columns.Index.Chunks[_chunk].RowCount;
        return true;
    }
}
