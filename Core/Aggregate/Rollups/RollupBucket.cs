namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>One bucket of a rollup.</summary>
/// <param name="Start">Its start in ms; of a whole block's bucket, the time of the first sample.</param>
/// <param name="Samples">How many samples of the project lie in it.</param>
/// <param name="Counted">How many of them the rows count: those with a value in the declaration's present field.</param>
/// <param name="FirstRow">Its first row.</param>
/// <param name="RowCount">How many rows it has.</param>
/// <param name="IsRaw">Whether it has no rows, since they would hardly be fewer than the samples, which must be read instead.</param>
internal readonly record struct RollupBucket(long Start, long Samples, long Counted, int FirstRow, int RowCount, bool IsRaw);
