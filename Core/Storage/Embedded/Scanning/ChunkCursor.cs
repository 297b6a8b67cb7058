using TimeSeries.Core.Aggregate.Listing;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;

namespace TimeSeries.Core.Storage.Embedded.Scanning;

/// <summary>Opens the chunks of a list one after the other. Consecutive chunks of one block share memory. Not thread safe.</summary>
internal sealed class ChunkCursor : IDisposable
{
    private BlockReader? _columns;
    private BlockChunk? _chunk;
    private int _at = -1;

    /// <summary>The chunk as columns, until the next one is opened.</summary>
    public IIdentifiedChunk Open(ListChunk chunk)
    {
        if (chunk.Head is { } head)
        {
            return head;
        }

        if (!ReferenceEquals(_columns, chunk.Columns))
        {
            _chunk?.Dispose();
            _columns = chunk.Columns!;
            _chunk = new BlockChunk(_columns);
            _at = -1;
        }

        // What was decoded for counting need not be for choosing and filling.
        if (_at != chunk.Chunk)
        {
            _chunk!.MoveTo(chunk.Chunk);
            _at = chunk.Chunk;
        }

        return _chunk!;
    }

    public void Dispose() => _chunk?.Dispose();
}
