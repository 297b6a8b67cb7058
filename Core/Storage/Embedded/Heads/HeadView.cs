using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Storage.Embedded.Heads;

/// <summary>The rows of one project and kind in a head, as they stood after some batch. Immutable.</summary>
/// <param name="RowCount">Rows in all pieces.</param>
/// <param name="Pieces">The pieces in order; all but the last are whole.</param>
/// <param name="Symbols">The dictionary of each text field.</param>
internal sealed record HeadView(int RowCount, HeadChunkSnapshot[] Pieces, SymbolView[] Symbols)
{
    public static HeadView Empty { get; } = new(0, [], []);
}
