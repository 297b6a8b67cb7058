using TimeSeries.Core.Aggregate;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>Where a block keeps one rollup of a section.</summary>
internal readonly record struct RollupExtent(int SpecIndex, RollupLevel Level, Extent Extent);
