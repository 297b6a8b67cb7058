using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Format;

/// <summary>What a block holds and where: its footer in memory. Immutable once the block is written.</summary>
internal sealed class BlockIndex
{
    public required KindSchema Schema { get; init; }

    /// <summary>The projects' rows, by project.</summary>
    public required SectionIndex[] Sections { get; init; }

    /// <summary>All chunks, section by section.</summary>
    public required ChunkIndex[] Chunks { get; init; }

    /// <summary>The columns by field, the sequence numbers behind them; null where no row has the field.</summary>
    public required ColumnIndex?[] Columns { get; init; }

    /// <summary>The filter of alert ids, in blocks of alerts.</summary>
    public Extent AlertFilter { get; set; }

    /// <summary>The column of sequence numbers of a kind, which is no field.</summary>
    public static int NumberColumnOf(KindSchema schema) => schema.Fields.Length;

    public SectionIndex? Find(long pcode)
    {
        int low = 0;
        int high = Sections.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            if (Sections[middle].Pcode == pcode)
            {
                return Sections[middle];
            }

            (low, high) = Sections[middle].Pcode < pcode ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }
}
