using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Writing;

/// <summary>
/// The rows that become a block, in its order (project, time, sequence number), a column at a time: a sealed head or blocks being merged.
/// A column is opened, then read once from the first row to the last. One call never crosses a project's end.
/// </summary>
internal interface IBlockRows
{
    KindSchema Schema { get; }

    /// <summary>The projects in ascending order, each with at least a row.</summary>
    IReadOnlyList<BlockProject> Projects { get; }

    /// <summary>What a row took where it comes from, for the length of chunks.</summary>
    long BytesPerRow { get; }

    /// <summary>
    /// The rollups of all blocks that a project's samples come from, valid until the next call; empty when the samples do not come from
    /// blocks.
    /// </summary>
    IReadOnlyList<IRollupStream> RollupsOf(long pcode);

    /// <summary>Whether some row may have the column. Ordinals are fields' and, behind them, the sequence number's.</summary>
    bool Has(int column);

    /// <summary>Starts reading a number column.</summary>
    void OpenNumbers(int column);

    /// <summary>Reads the next rows of the open number column.</summary>
    void NextNumbers(Span<long> into);

    /// <summary>Starts reading a text column; returns the dictionary that all its codes belong to, or null where texts hardly repeat.</summary>
    SymbolView? OpenTexts(int column);

    /// <summary>Reads the next rows of the open text column; returns what the codes mean.</summary>
    SymbolView NextCodes(Span<int> into);
}

/// <summary>How many rows a project has in a block that is being made.</summary>
internal readonly record struct BlockProject(long Pcode, int RowCount);
