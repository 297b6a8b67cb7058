using System.Text;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Format;

/// <summary>The footer of a block as bytes. See docs/format/block.md.</summary>
internal static class BlockFooter
{
    /// <summary>Name of the column of sequence numbers; no field has a name like this.</summary>
    private const string SequenceNumbers = "#n";

    // A footer of versions 1 and 2 begins with its number of sections, which is never 0. Later ones tell their version, whatever a damaged header says.
    private const byte Versioned = 0;
    private const byte Version = (byte)BlockFormat.Version;

    // A GUID has 36, of which 16 bytes are kept.
    private const int MostCharactersAByte = 3;

    public static void Write(BlockIndex index, ByteWriter to)
    {
        to.Byte(Versioned);
        to.Byte(Version);
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
                WriteColumn(column, index.Sections.Length, to);
            }
        }
    }

    /// <summary>The version that wrote a footer. Versions 1 and 2 do not tell theirs, and are taken for the first.</summary>
    public static uint VersionOf(ReadOnlySpan<byte> footer) => footer[0] == Versioned ? footer[1] : BlockFormat.OldestVersion;

    public static BlockIndex Read(ReadOnlySpan<byte> footer, KindSchema schema)
    {
        ByteReader reader = new(footer);
        bool hasFilters = !footer.IsEmpty && footer[0] == Versioned;
        if (hasFilters)
        {
            reader.Byte();
            if (reader.Byte() != Version)
            {
                throw new InvalidDataException("its footer is of another version");
            }
        }

        (SectionIndex[] sections, ChunkIndex[] chunks) = ReadSections(ref reader);
        Extent alertFilter = ReadExtent(ref reader);
        ColumnIndex?[] columns = new ColumnIndex?[schema.Fields.Length + 1];
        int count = reader.Count();
        for (int i = 0; i < count; i++)
        {
            string name = Encoding.UTF8.GetString(reader.Text());
            ColumnIndex column = ReadColumn(ref reader, sections, chunks.Length, hasFilters);
            int ordinal = OrdinalOf(schema, name);
            if (ordinal < schema.Fields.Length && schema.Fields[ordinal].IsText != column.IsText)
            {
                throw new InvalidDataException("a column has another type than its field");
            }

            columns[ordinal] = column;
        }

        RequireEveryRow(columns[schema.Ordinal("time")], "time");
        RequireEveryRow(columns[BlockIndex.NumberColumnOf(schema)], "sequence number");
        return new BlockIndex { Schema = schema, Sections = sections, Chunks = chunks, Columns = columns, AlertFilter = alertFilter };
    }

    // No row is without them, and nobody who reads them asks.
    private static void RequireEveryRow(ColumnIndex? column, string name)
    {
        if (column is null || Array.Exists(column.Chunks, chunk => chunk.IsEmpty))
        {
            throw new InvalidDataException($"a row has no {name}");
        }
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
        if (sections.Length == 0)
        {
            throw new InvalidDataException("it has no section");
        }

        List<ChunkIndex> chunks = [];
        for (int i = 0; i < sections.Length; i++)
        {
            long pcode = reader.Signed();
            int first = chunks.Count;
            int count = reader.Count();
            int rows = ReadChunks(ref reader, count, chunks);
            if (count == 0 || (i > 0 && pcode <= sections[i - 1].Pcode))
            {
                throw new InvalidDataException("a section is empty or not in its place");
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
        long rows = 0;
        long before = 0;
        for (int i = 0; i < count; i++)
        {
            int chunkRows = reader.Size();
            rows += chunkRows;
            if (chunkRows is 0 or > BlockFormat.MaxChunkRows || rows > int.MaxValue)
            {
                throw new InvalidDataException("a chunk has an impossible number of rows");
            }

            long first = unchecked(before + reader.Signed());
            before = unchecked(first + (long)reader.Varint());
            if (before < first || first < Timestamp.LeastMoment || before > Timestamp.GreatestMoment)
            {
                throw new InvalidDataException("a chunk has impossible times");
            }

            chunks.Add(new ChunkIndex(chunkRows, first, before));
        }

        return (int)rows;
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

    private static void WriteColumn(ColumnIndex column, int sections, ByteWriter to)
    {
        to.Byte(column.IsText ? (byte)1 : (byte)0);
        if (column.IsText)
        {
            WriteDictionary(column, to);
            WriteFilters(column, sections, to);
        }

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
            if (column.HasLimits)
            {
                to.Signed(column.Least[i]);
                to.Varint((ulong)(column.Greatest[i] - column.Least[i]));
            }
        }
    }

    private static ColumnIndex ReadColumn(ref ByteReader reader, SectionIndex[] sections, int chunks, bool hasFilters)
    {
        bool isText = reader.Byte() != 0;
        Extent[] dictionary = isText || !hasFilters ? ReadDictionary(ref reader, hasFilters) : [];
        bool hasTexts = dictionary.Length > 0 || !hasFilters;
        ColumnIndex column = new()
        {
            IsText = isText,
            Dictionary = dictionary,
            TextCount = hasTexts ? reader.Size() : 0,
            TextBytes = hasTexts && hasFilters ? reader.Size() : 0,
            Filters = hasFilters && isText ? ReadFilters(ref reader, dictionary.Length, sections) : [],
            Chunks = new Extent[chunks],
        };
        if (dictionary.Length > 1 && (column.TextCount + BlockFormat.DictionaryPartTexts - 1L) / BlockFormat.DictionaryPartTexts != dictionary.Length)
        {
            throw new InvalidDataException("a dictionary has an impossible number of parts");
        }

        // No text takes less than a bit, no byte tells of more than so many characters, and memory is taken for both numbers.
        long dictionaryBytes = dictionary.Sum(part => (long)part.Length);
        if (column.TextCount > dictionaryBytes * 8 || column.TextBytes > dictionaryBytes * MostCharactersAByte)
        {
            throw new InvalidDataException("a dictionary has impossibly many texts");
        }

        ReadChunks(ref reader, column);
        return column;
    }

    private static void WriteDictionary(ColumnIndex column, ByteWriter to)
    {
        to.Varint((ulong)column.Dictionary.Length);
        if (column.HasDictionary)
        {
            foreach (Extent part in column.Dictionary)
            {
                WriteExtent(part, to);
            }

            to.Varint((ulong)column.TextCount);
            to.Varint((ulong)column.TextBytes);
        }
    }

    // Versions 1 and 2 know dictionaries of one part alone.
    private static Extent[] ReadDictionary(ref ByteReader reader, bool hasParts)
    {
        if (!hasParts)
        {
            Extent whole = ReadExtent(ref reader);
            return whole.IsEmpty ? [] : [whole];
        }

        Extent[] parts = new Extent[reader.Count()];
        foreach (ref Extent part in parts.AsSpan())
        {
            part = ReadExtent(ref reader);
        }

        return parts;
    }

    private static void ReadChunks(ref ByteReader reader, ColumnIndex column)
    {
        if (column.HasLimits)
        {
            column.Least = new long[column.Chunks.Length];
            column.Greatest = new long[column.Chunks.Length];
        }

        long end = 0;
        for (int i = 0; i < column.Chunks.Length; i++)
        {
            int length = reader.Size();
            if (length == 0)
            {
                continue;
            }

            column.Chunks[i] = new Extent(end + reader.Signed(), length);
            end = column.Chunks[i].Offset + length;
            if (column.HasLimits)
            {
                column.Least[i] = reader.Signed();
                column.Greatest[i] = unchecked(column.Least[i] + (long)reader.Varint());
                if (column.Greatest[i] < column.Least[i])
                {
                    throw new InvalidDataException("the greatest value of a chunk is less than its least");
                }
            }
        }
    }

    // One of a dictionary, else one of each section.
    private static void WriteFilters(ColumnIndex column, int sections, ByteWriter to)
    {
        for (int i = 0; i < (column.HasDictionary ? 1 : sections); i++)
        {
            BloomFilterIndex filter = i < column.Filters.Length ? column.Filters[i] : BloomFilterIndex.None;
            to.Varint((ulong)filter.PageCount);
            if (filter.PageCount > 0)
            {
                to.Varint((ulong)filter.Offset);
                foreach (int lines in filter.LinesOfParts)
                {
                    to.Varint((ulong)lines);
                }
            }
        }
    }

    private static BloomFilterIndex[] ReadFilters(ref ByteReader reader, int partsOfDictionary, SectionIndex[] sections)
    {
        BloomFilterIndex[] filters = new BloomFilterIndex[partsOfDictionary > 0 ? 1 : sections.Length];
        for (int i = 0; i < filters.Length; i++)
        {
            filters[i] = ReadFilter(ref reader, partsOfDictionary > 0 ? partsOfDictionary : sections[i].ChunkCount);
        }

        return filters;
    }

    private static BloomFilterIndex ReadFilter(ref ByteReader reader, int parts)
    {
        int pages = reader.Size();
        if (pages == 0)
        {
            return BloomFilterIndex.None;
        }

        long offset = (long)reader.Varint();
        int[] lines = new int[parts];
        foreach (ref int ofPart in lines.AsSpan())
        {
            ofPart = reader.Below(BloomFilterIndex.MaxLines + 1);
        }

        return pages <= BloomFilterIndex.MaxPages ? new BloomFilterIndex(offset, pages, lines) : throw new InvalidDataException("a filter has too many pages");
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
