using TimeSeries.Core.Aggregate;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>Opens the pieces of a list one after the other; memory is shared by chunks of one block that follow each other. Not thread safe.</summary>
internal sealed class PieceReader : IDisposable
{
    private BlockColumns? _columns;
    private BlockChunk? _chunk;

    /// <summary>The piece as columns, until the next one is opened.</summary>
    public IPlacedChunk Open(ListPiece piece)
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
        }

        _chunk!.MoveTo(piece.Chunk);
        return _chunk;
    }

    public void Dispose() => _chunk?.Dispose();
}
