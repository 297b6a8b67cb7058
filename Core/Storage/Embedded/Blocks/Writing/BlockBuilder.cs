using System.Buffers;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Files;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Codecs;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Catalog;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Writing;

/// <summary>
/// Writes rows as a block, column after column; then reads back what rollups need and appends them, so that a block's rollups are made of
/// nothing but what the block says. Used once.
/// </summary>
internal sealed class BlockBuilder
{
    private readonly IFile _file;
    private readonly IBlockRows _rows;
    private readonly BlockFileWriter _writer;
    private readonly BlockScratch _scratch;
    private readonly ByteWriter _part;
    private readonly int[] _chunkRows;
    private readonly ChunkIndex[] _chunks;
    private readonly ColumnIndex?[] _columns;
    private readonly TextColumnWriter _texts;

    public BlockBuilder(IFile file, IBlockRows rows, BlockScratch scratch)
    {
        _scratch = scratch;
        _part = scratch.Part;
        scratch.Pending.Clear();
        _file = file;
        _rows = rows;
        _writer = new BlockFileWriter(file, scratch.Pending, scratch.Throttle);
        _chunkRows = Split(rows);
        _chunks = new ChunkIndex[_chunkRows.Length];
        _columns = new ColumnIndex?[rows.Schema.Fields.Length + 1];
        _texts = new TextColumnWriter(rows, _writer, scratch, _chunkRows);
    }

    /// <summary>Writes the whole block and flushes it; says what the manifest needs to know.</summary>
    public BlockEntry Write(long id, CancellationToken cancellationToken)
    {
        KindSchema schema = _rows.Schema;
        BlockFormat.WriteHeader(_writer.Raw, schema.Kind, _scratch.Context.NodeId);
        for (int place = 0; place < _columns.Length; place++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int column = ColumnAt(place);
            if (_rows.Has(column))
            {
                WriteColumn(column);
            }
        }

        BlockIndex index = new() { Schema = schema, Sections = MakeSections(), Chunks = _chunks, Columns = _columns };
        _writer.Drain();
        BlockReader written = new(new ChecksummedReader(_file, _scratch.Context), id, index, null);
        BlockRollupWriter summary = new(written, _rows, _writer, _scratch);
        summary.WriteRollups(cancellationToken);
        if (schema.Kind == Kind.Alert)
        {
            summary.WriteAlertFilter();
        }

        WriteFooter(index);
        _file.Flush();
        return Describe(index, id);
    }

    // Agents' ids come after their names, since they may go by the names' codes.
    private static int ColumnAt(int place) => place switch { KindSchema.Oid => KindSchema.Oname, KindSchema.Oname => KindSchema.Oid, _ => place };

    private static int[] Split(IBlockRows rows)
    {
        int most = BlockFormat.ChunkRows(rows.BytesPerRow);
        List<int> chunks = [];
        foreach (BlockProject project in rows.Projects)
        {
            for (int left = project.RowCount; left > 0; left -= most)
            {
                chunks.Add(Math.Min(left, most));
            }
        }

        return [.. chunks];
    }

    private void WriteColumn(int column)
    {
        if (column < _rows.Schema.Fields.Length && _rows.Schema.Fields[column].IsText)
        {
            _columns[column] = _texts.Write(column);
        }
        else
        {
            WriteNumbers(column);
        }
    }

    private void WriteNumbers(int column)
    {
        ColumnIndex index = new()
        {
            IsText = false,
            Chunks = new Extent[_chunks.Length],
            Least = new long[_chunks.Length],
            Greatest = new long[_chunks.Length],
        };
        BlockReader? names = column == KindSchema.Oid ? WrittenNames() : null;
        long[] values = ArrayPool<long>.Shared.Rent(BlockFormat.MaxChunkRows);
        _rows.OpenNumbers(column);
        bool any = false;
        for (int chunk = 0; chunk < _chunks.Length; chunk++)
        {
            Span<long> rows = values.AsSpan(0, _chunkRows[chunk]);
            _rows.NextNumbers(rows);
            _scratch.Throttle.Step();
            long least = WriteChunk(rows, column, chunk, names, out long greatest);
            if (column == KindSchema.Time)
            {
                _chunks[chunk] = new ChunkIndex(rows.Length, least, greatest);
            }

            if (least <= greatest)
            {
                (index.Least[chunk], index.Greatest[chunk]) = (least, greatest);
                index.Chunks[chunk] = _writer.Append(_part.Written);
                any = true;
            }
        }

        ArrayPool<long>.Shared.Return(values);
        _columns[column] = any ? index : null;
    }

    private long WriteChunk(ReadOnlySpan<long> rows, int column, int chunk, BlockReader? names, out long greatest)
    {
        _part.Clear();
        long least;
        if (column == KindSchema.Time || column == BlockIndex.NumberColumnOf(_rows.Schema))
        {
            _scratch.Numbers.EncodeOrdered(rows, _part, out least, out greatest);
            return least;
        }

        if (names is not null)
        {
            NumberStatistics.Measure(rows, out least, out greatest, out _);
            if (least < greatest && TryByName(rows, chunk, names))
            {
                return least;
            }
        }

        _scratch.Numbers.Encode(rows, _part, out least, out greatest);
        return least;
    }

    // Reads the names back that were just written; null where they have no dictionary.
    private BlockReader? WrittenNames()
    {
        if (_columns[KindSchema.Oname] is not { HasDictionary: true })
        {
            return null;
        }

        _writer.Drain();
        BlockIndex index = new() { Schema = _rows.Schema, Sections = [], Chunks = _chunks, Columns = _columns };
        return new BlockReader(new ChecksummedReader(_file, _scratch.Context), 0, index, null);
    }

    private bool TryByName(ReadOnlySpan<long> rows, int chunk, BlockReader names)
    {
        int[] codes = ArrayPool<int>.Shared.Rent(rows.Length);
        bool done = names.ReadCodes(KindSchema.Oname, chunk, codes.AsSpan(0, rows.Length))
            && _scratch.ByCode.TryEncode(rows, codes.AsSpan(0, rows.Length), _part);
        ArrayPool<int>.Shared.Return(codes);
        return done;
    }

    private SectionIndex[] MakeSections()
    {
        SectionIndex[] sections = new SectionIndex[_rows.Projects.Count];
        int chunk = 0;
        for (int i = 0; i < sections.Length; i++)
        {
            int first = chunk;
            for (int left = _rows.Projects[i].RowCount; left > 0; left -= _chunkRows[chunk++])
            {
            }

            sections[i] = new SectionIndex
            {
                Pcode = _rows.Projects[i].Pcode,
                RowCount = _rows.Projects[i].RowCount,
                FirstChunk = first,
                ChunkCount = chunk - first,
                FirstTime = _chunks[first].FirstTime,
                LastTime = _chunks[chunk - 1].LastTime,
            };
        }

        return sections;
    }

    private void WriteFooter(BlockIndex index)
    {
        _part.Clear();
        BlockFooter.Write(index, _part);
        Extent footer = _writer.Append(_part.Written);
        BlockFormat.WriteTrailer(_writer.Raw, footer);
        _writer.Drain();
    }

    private BlockEntry Describe(BlockIndex index, long id)
    {
        ColumnIndex numbers = index.Columns[BlockIndex.NumberColumnOf(index.Schema)]!;
        long firstTime = long.MaxValue;
        long lastTime = long.MinValue;
        long rows = 0;
        foreach (SectionIndex section in index.Sections)
        {
            firstTime = Math.Min(firstTime, section.FirstTime);
            lastTime = Math.Max(lastTime, section.LastTime);
            rows += section.RowCount;
        }

        return new BlockEntry
        {
            Id = id,
            Kind = index.Schema.Kind,
            Bytes = _writer.Position,
            RowCount = rows,
            FirstTime = firstTime,
            LastTime = lastTime,
            FirstNumber = numbers.Least.Min(),
            LastNumber = numbers.Greatest.Max(),
            ProjectCount = index.Sections.Length,
        };
    }
}
