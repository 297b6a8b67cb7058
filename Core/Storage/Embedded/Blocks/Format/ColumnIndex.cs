namespace TimeSeries.Core.Storage.Embedded.Blocks.Format;

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
