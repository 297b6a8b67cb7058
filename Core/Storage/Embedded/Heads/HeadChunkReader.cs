using TimeSeries.Core.Aggregate.Listing;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Storage.Embedded.Heads;

/// <summary>A piece of a head as the aggregation and lists read it.</summary>
internal sealed class HeadChunkReader(HeadChunkSnapshot piece, SymbolView[] symbols) : IIdentifiedChunk
{
    public int RowCount => piece.RowCount;

    public long FirstTime => piece.FirstTime;

    public long LastTime => piece.LastTime;

    public ReadOnlySpan<long> RunningNumbers => piece.RunningNumbers.AsSpan(0, piece.RowCount);

    public ReadOnlySpan<ulong> Nodes => default;

    public ReadOnlySpan<long> Numbers(int field) => piece.Numbers[field] is { } column ? column.AsSpan(0, piece.RowCount) : default;

    public ReadOnlySpan<int> Codes(int field) => piece.Codes[field] is { } column ? column.AsSpan(0, piece.RowCount) : default;

    public SymbolView Symbols(int field) => symbols[field];
}
