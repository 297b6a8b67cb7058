using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>Which rollup of which hour.</summary>
internal readonly record struct HourPlace(long Pcode, Kind Kind, int SpecIndex, long Hour);
