using System.Text;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Format;

/// <summary>The footer of a block as bytes. See docs/format/block.md.</summary>
internal static class BlockFooter
{
    /// <summary>Name of the column of sequence numbers; no field has a name like this.</summary>
    private const string SequenceNumbers = "#n";

    public static void Write(BlockIndex index, ByteWriter to)
    {
        WriteSections(index, to);
        WriteExtent(index.AlertFilter, to);
        int columns = 0;
        foreach (ColumnIndex? column in index.Columns)
        {
            columns += column is null ? 0 : 1;
        }

        to.Varint((ulong)columns);
        for (int ordinal = 0; ordinal < index.Columns.Length; ordinal++)
        {
            if (index.Columns[ordinal] is { } column)
            {
                to.Text(Encoding.UTF8.GetBytes(NameOf(index.Schema, ordinal)));
                WriteColumn(column, to);
            }
        }
    }

    public static BlockIndex Read(ReadOnlySpan<byte> footer, KindSchema schema)
    {
        ByteReader reader = new(footer);
        (SectionIndex[] sections, ChunkIndex[] chunks) = ReadSections(ref reader);
        Extent alertFilter = ReadExtent(ref reader);
        ColumnIndex?[] columns = new ColumnIndex?[schema.Fields.Length + 1];
        int count = reader.Count();
        for (int i = 0; i < count; i++)
        {
            string name = Encoding.UTF8.GetString(reader.Text());
            ColumnIndex column = ReadColumn(ref reader, chunks.Length);
            int ordinal = OrdinalOf(schema, name);
            if (ordinal < schema.Fields.Length && schema.Fields[ordinal].IsText != column.IsText)
            {
                throw new InvalidDataException("a column has another type than its field");
            }

            columns[ordinal] = column;
        }

        return new BlockIndex { Schema = schema, Sections = sections, Chunks = chunks, Columns = columns, AlertFilter = alertFilter };
    }

    private static string NameOf(KindSchema schema, int ordinal) =>
        ordinal == BlockIndex.NumberColumnOf(schema) ? SequenceNumbers : schema.Fields[ordinal].Name;

    // A field that this program does not know was written by a newer one; compaction would drop it, so the block is refused.
    private static int OrdinalOf(KindSchema schema, string name) =>
        name == SequenceNumbers
            ? BlockIndex.NumberColumnOf(schema)
            : schema.Find(name)?.Ordinal ?? throw new InvalidDataException("it has the unknown field " + name);

    private static void WriteSections(BlockIndex index, ByteWriter to)
    {
        to.Varint((ulong)index.Sections.Length);
        foreach (SectionIndex section in index.Sections)
        {
            to.Signed(section.Pcode);
            to.Varint((ulong)section.ChunkCount);
            long before = 0;
            foreach (ChunkIndex chunk in index.Chunks.AsSpan(section.FirstChunk, section.ChunkCount))
            {
                to.Varint((ulong)chunk.RowCount);
                to.Signed(chunk.FirstTime - before);
                to.Varint((ulong)(chunk.LastTime - chunk.FirstTime));
                before = chunk.LastTime;
            }

            to.Varint((ulong)section.Rollups.Length);
            foreach (RollupExtent rollup in section.Rollups)
            {
                to.Varint((ulong)rollup.SpecIndex);
                to.Byte((byte)rollup.Level);
                WriteExtent(rollup.Extent, to);
            }
        }
    }

    private static (SectionIndex[] Sections, ChunkIndex[] Chunks) ReadSections(ref ByteReader reader)
    {
        SectionIndex[] sections = new SectionIndex[reader.Count()];
        List<ChunkIndex> chunks = [];
        for (int i = 0; i < sections.Length; i++)
        {
            long pcode = reader.Signed();
            int first = chunks.Count;
            int count = reader.Count();
            int rows = ReadChunks(ref reader, count, chunks);
            if (count == 0)
            {
                throw new InvalidDataException("a section is empty");
            }

            sections[i] = new SectionIndex
            {
                Pcode = pcode,
                RowCount = rows,
                FirstChunk = first,
                ChunkCount = count,
                FirstTime = chunks[first].FirstTime,
                LastTime = chunks[^1].LastTime,
                Rollups = ReadRollups(ref reader),
            };
        }

        return (sections, [.. chunks]);
    }

    private static int ReadChunks(ref ByteReader reader, int count, List<ChunkIndex> chunks)
    {
        int rows = 0;
        long before = 0;
        for (int i = 0; i < count; i++)
        {
            int chunkRows = reader.Size();
            if (chunkRows is 0 or > BlockFormat.MaxChunkRows)
            {
                throw new InvalidDataException("a chunk has an impossible number of rows");
            }

            long first = before + reader.Signed();
            before = first + (long)reader.Varint();
            chunks.Add(new ChunkIndex(chunkRows, first, before));
            rows = checked(rows + chunkRows);
        }

        return rows;
    }

    private static RollupExtent[] ReadRollups(ref ByteReader reader)
    {
        RollupExtent[] rollups = new RollupExtent[reader.Count()];
        for (int i = 0; i < rollups.Length; i++)
        {
            rollups[i] = new RollupExtent(reader.Size(), (RollupLevel)reader.Byte(), ReadExtent(ref reader));
        }

        return rollups;
    }

    private static void WriteColumn(ColumnIndex column, ByteWriter to)
    {
        to.Byte(column.IsText ? (byte)1 : (byte)0);
        WriteExtent(column.Dictionary, to);
        to.Varint((ulong)column.TextCount);
        long end = 0;
        for (int i = 0; i < column.Chunks.Length; i++)
        {
            Extent chunk = column.Chunks[i];
            to.Varint((ulong)chunk.Length);
            if (chunk.IsEmpty)
            {
                continue;
            }

            to.Signed(chunk.Offset - end);
            end = chunk.Offset + chunk.Length;
            if (!column.IsText)
            {
                to.Signed(column.Least[i]);
                to.Varint((ulong)(column.Greatest[i] - column.Least[i]));
            }
        }
    }

    private static ColumnIndex ReadColumn(ref ByteReader reader, int chunks)
    {
        bool isText = reader.Byte() != 0;
        Extent dictionary = ReadExtent(ref reader);
        int textCount = reader.Size();
        Extent[] extents = new Extent[chunks];
        long[] least = new long[isText ? 0 : chunks];
        long[] greatest = new long[isText ? 0 : chunks];
        long end = 0;
        for (int i = 0; i < chunks; i++)
        {
            int length = reader.Size();
            if (length == 0)
            {
                continue;
            }

            extents[i] = new Extent(end + reader.Signed(), length);
            end = extents[i].Offset + length;
            if (!isText)
            {
                least[i] = reader.Signed();
                greatest[i] = unchecked(least[i] + (long)reader.Varint());
            }
        }

        return new ColumnIndex { IsText = isText, Dictionary = dictionary, TextCount = textCount, Chunks = extents, Least = least, Greatest = greatest };
    }

    private static void WriteExtent(Extent extent, ByteWriter to)
    {
        to.Varint((ulong)extent.Length);
        if (!extent.IsEmpty)
        {
            to.Varint((ulong)extent.Offset);
        }
    }

    private static Extent ReadExtent(ref ByteReader reader)
    {
        int length = reader.Size();
        return length == 0 ? default : new Extent((long)reader.Varint(), length);
    }
}
