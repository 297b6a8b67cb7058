using TimeSeries.Core.Storage.Embedded.Blocks.Reading;

namespace TimeSeries.Core.Storage.Embedded.Catalog;

/// <summary>A snapshot whose heads, and those of its blocks that a reader wants, stay until it is disposed.</summary>
/// <param name="snapshot">The snapshot, whose heads are held.</param>
/// <param name="blocks">The blocks that are held.</param>
internal sealed class SnapshotLease(StoreSnapshot snapshot, List<Block> blocks) : IDisposable
{
    public StoreSnapshot Snapshot => snapshot;

    public List<Block> Blocks => blocks;

    public void Dispose()
    {
        snapshot.Release();
        Release(blocks);
    }

    public static void Release(List<Block> blocks)
    {
        foreach (Block block in blocks)
        {
            block.Release();
        }

        blocks.Clear();
    }
}
