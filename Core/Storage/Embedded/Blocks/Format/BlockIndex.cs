using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Format;

/// <summary>What a block holds and where: its footer in memory, which stays as it is once the block is written. Thread safe then.</summary>
internal sealed class BlockIndex
{
    // Chunks whose times were looked at. Threads that look at once may lose each other's note, and look again.
    private bool[]? _haveTimesInside;

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

    public SectionIndex? Find(long pcode) => NumberOf(pcode) is >= 0 and int section ? Sections[section] : null;

    /// <summary>The number of a project's section among the block's; −1 when it has none.</summary>
    public int NumberOf(long pcode)
    {
        int low = 0;
        int high = Sections.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            if (Sections[middle].Pcode == pcode)
            {
                return middle;
            }

            (low, high) = Sections[middle].Pcode < pcode ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    /// <summary>
    /// Refuses times of a chunk's rows that lie outside of what the index says: whatever chooses chunks, counts their rows or lays out windows goes by it.
    /// A checksum holds the rows to what they are, so that a chunk is looked at once: it takes a fifth of the time in which it is read.
    /// </summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="times">A time a row.</param>
    /// <param name="wanted">Which of them were read.</param>
    /// <exception cref="InvalidDataException">A time lies outside.</exception>
    public void RequireTimes(int chunk, ReadOnlySpan<long> times, RunMask wanted)
    {
        bool[] areInside = _haveTimesInside ??= new bool[Chunks.Length];
        if (areInside[chunk])
        {
            return;
        }

        ChunkIndex index = Chunks[chunk];
        for (int group = 0; !times.IsEmpty; group++)
        {
            ReadOnlySpan<long> rows = wanted == RunMask.All ? times : times[..Math.Min(BitPacking.GroupRows, times.Length)];
            if (wanted.Has(group) && rows.ContainsAnyExceptInRange(index.FirstTime, index.LastTime))
            {
                throw new InvalidDataException("a time lies outside of its chunk's");
            }

            times = times[rows.Length..];
        }

        areInside[chunk] = wanted == RunMask.All;
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

/// <summary>Where a block keeps one rollup of a section.</summary>
internal readonly record struct RollupExtent(int SpecIndex, RollupLevel Level, Extent Extent);

/// <summary>A part of a file that has a checksum of its own: <paramref name="Length"/> bytes, the last four of them their CRC-32C. Empty: absent.</summary>
internal readonly record struct Extent(long Offset, int Length)
{
    public bool IsEmpty => Length == 0;
}
