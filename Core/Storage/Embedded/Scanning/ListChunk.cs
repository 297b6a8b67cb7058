using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Heads;

namespace TimeSeries.Core.Storage.Embedded.Scanning;

/// <summary>A chunk of a block or of a head that may have rows of a list, and what was found out about them.</summary>
internal sealed class ListChunk
{
    /// <summary>The chunk's block; null for a chunk of a head.</summary>
    public BlockReader? Columns { get; init; }

    /// <summary>The chunk's number in its block.</summary>
    public int Chunk { get; init; }

    /// <summary>The chunk of a head; null for a chunk of a block.</summary>
    public HeadChunkReader? Head { get; init; }

    public required int RowCount { get; init; }

    /// <summary>No row that is listed is earlier.</summary>
    public required long FirstTime { get; init; }

    /// <summary>No row that is listed is later.</summary>
    public required long LastTime { get; init; }

    /// <summary>How many rows are in the range and pass the filters.</summary>
    public long Matching { get; set; }

    /// <summary>How many of them come after the cursor.</summary>
    public long Listed { get; set; }

    /// <summary>Whether the rows had to be looked at to be counted.</summary>
    public bool WasRead { get; set; }
}
