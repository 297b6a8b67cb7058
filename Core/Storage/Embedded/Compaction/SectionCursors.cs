using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;

namespace TimeSeries.Core.Storage.Embedded.Compaction;

/// <summary>
/// The rollups of one project in one block that is being merged, read once from start to end. What they are read into goes back to the pool when this is
/// disposed. Not thread safe.
/// </summary>
internal sealed class SectionCursors(BlockReader columns, SectionIndex section, LargeArrayPool pool) : IRollupStream, IDisposable
{
    private readonly List<byte[]> _rented = [];

    public long FirstTime => section.FirstTime;

    public long LastTime => section.LastTime;

    public RollupCursor? Open(int specIndex)
    {
        foreach (RollupExtent rollup in section.Rollups)
        {
            if (rollup.SpecIndex == specIndex && rollup.Level == RollupLevel.FiveMinutes)
            {
                byte[] bytes = pool.Rent<byte>(rollup.Extent.Length);
                _rented.Add(bytes);
                return columns.OpenRollup(rollup.Extent, bytes);
            }
        }

        return null;
    }

    public void Dispose()
    {
        foreach (byte[] bytes in _rented)
        {
            pool.Return(bytes);
        }

        _rented.Clear();
    }
}
