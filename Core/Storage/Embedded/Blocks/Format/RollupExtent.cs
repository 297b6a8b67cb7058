using TimeSeries.Core.Aggregate.Rollups;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Format;

/// <summary>Where a block keeps one rollup of a section.</summary>
internal readonly record struct RollupExtent(int SpecIndex, RollupLevel Level, Extent Extent);
