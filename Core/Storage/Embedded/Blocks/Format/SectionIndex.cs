namespace TimeSeries.Core.Storage.Embedded.Blocks.Format;

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
