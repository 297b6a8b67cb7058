namespace TimeSeries.Core.Storage.Embedded.Blocks.Format;

/// <summary>How many rows a project has in a block that is being made.</summary>
internal readonly record struct BlockProject(long Pcode, int RowCount);
