using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>Which rollup of which unit in which bucket.</summary>
internal readonly record struct UnitCacheKey(long Pcode, Kind Kind, int SpecIndex, long Bucket, string Node, long Unit);
