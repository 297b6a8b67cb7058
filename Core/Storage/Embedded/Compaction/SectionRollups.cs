using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;

namespace TimeSeries.Core.Storage.Embedded.Compaction;

/// <summary>The rollups of one project in one block, as the aggregation asks for them.</summary>
internal sealed class SectionRollups(BlockReader columns, SectionIndex section) : IRollupSource
{
    public long FirstTime => section.FirstTime;

    public long LastTime => section.LastTime;

    public Rollup? Find(int specIndex, RollupLevel level, bool withSketches)
    {
        foreach (RollupExtent rollup in section.Rollups)
        {
            if (rollup.SpecIndex == specIndex && rollup.Level == level)
            {
                return columns.ReadRollup(rollup.Extent, withSketches);
            }
        }

        return null;
    }
}
