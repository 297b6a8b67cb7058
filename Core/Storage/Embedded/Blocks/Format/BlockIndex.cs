using TimeSeries.Core.Aggregate.Rollups;
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

/// <summary>One project's rows in a block.</summary>
internal sealed class SectionIndex
{
    public required long Pcode { get; init; }

    public required int RowCount { get; init; }

    /// <summary>Index of its first chunk among the block's.</summary>
    public required int FirstChunk { get; init; }

    public required int ChunkCount { get; init; }

    public required long FirstTime { get; init; }

    public required long LastTime { get; init; }

    public RollupExtent[] Rollups { get; set; } = [];
}

/// <summary>A run of rows of one section that each column keeps together.</summary>
internal readonly record struct ChunkIndex(int RowCount, long FirstTime, long LastTime);

/// <summary>Where a block keeps one column.</summary>
internal sealed class ColumnIndex
{
    public required bool IsText { get; init; }

    /// <summary>The texts that the codes mean; empty where each chunk has texts of its own, and for numbers.</summary>
    public Extent Dictionary { get; set; }

    /// <summary>How many texts the dictionary has.</summary>
    public int TextCount { get; set; }

    /// <summary>The chunks, as the block's; empty where every row of one is missing.</summary>
    public required Extent[] Chunks { get; init; }

    /// <summary>The least number of each chunk that is not missing.</summary>
    public long[] Least { get; init; } = [];

    /// <summary>The greatest number of each chunk that is not missing.</summary>
    public long[] Greatest { get; init; } = [];

    public bool HasDictionary => !Dictionary.IsEmpty;
}

/// <summary>Where a block keeps one rollup of a section.</summary>
internal readonly record struct RollupExtent(int SpecIndex, RollupLevel Level, Extent Extent);

/// <summary>A part of a file that has a checksum of its own: <paramref name="Length"/> bytes, the last four of them their CRC-32C. Empty: absent.</summary>
internal readonly record struct Extent(long Offset, int Length)
{
    public bool IsEmpty => Length == 0;
}
