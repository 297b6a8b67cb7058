using TimeSeries.Core.Storage.Influx.Writing;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>A unit whose samples are all on their way.</summary>
/// <param name="Unit">The samples.</param>
/// <param name="LastLines">Number of the batch of lines that holds the last of them.</param>
/// <param name="Checkpoint">What is true once they and their rollups are confirmed.</param>
internal sealed record ClosedUnit(OpenUnit Unit, long LastLines, StoreCheckpoint Checkpoint);
