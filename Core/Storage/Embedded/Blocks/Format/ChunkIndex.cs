namespace TimeSeries.Core.Storage.Embedded.Blocks.Format;

/// <summary>A run of rows of one section that each column keeps together.</summary>
internal readonly record struct ChunkIndex(int RowCount, long FirstTime, long LastTime);
