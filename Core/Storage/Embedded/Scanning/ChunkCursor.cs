using TimeSeries.Core.Aggregate.Listing;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;

namespace TimeSeries.Core.Storage.Embedded.Scanning;

/// <summary>Opens the pieces of a list one after the other; memory is shared by chunks of one block that follow each other. Not thread safe.</summary>
internal sealed class ChunkCursor : IDisposable
{
    private BlockReader? _columns;
    private BlockChunk? _chunk;
    private int _at = -1;

    /// <summary>The piece as columns, until the next one is opened.</summary>
    public IIdentifiedChunk Open(ListPiece piece)
    {
        if (piece.Head is { } head)
        {
            return head;
        }

        if (!ReferenceEquals(_columns, piece.Columns))
        {
            _chunk?.Dispose();
            _columns = piece.Columns!;
            _chunk = new BlockChunk(_columns);
            _at = -1;
        }

        // What was decoded for counting need not be for choosing and filling.
        if (_at != piece.Chunk)
        {
            _chunk!.MoveTo(piece.Chunk);
            _at = piece.Chunk;
        }

        return _chunk!;
    }

    public void Dispose() => _chunk?.Dispose();
}
