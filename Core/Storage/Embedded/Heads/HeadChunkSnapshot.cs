namespace TimeSeries.Core.Storage.Embedded.Heads;

/// <summary>The first rows of a piece, as they stood at one moment. Immutable.</summary>
/// <param name="RowCount">How many of the arrays' places are rows.</param>
/// <param name="FirstTime">The smallest time, in ms.</param>
/// <param name="LastTime">The greatest time, in ms.</param>
/// <param name="Numbers">Number columns by field; null where no row has the field.</param>
/// <param name="Codes">Text columns by field; null where no row has the field.</param>
/// <param name="RunningNumbers">The rows' sequence numbers, ascending.</param>
internal sealed record HeadChunkSnapshot(
    int RowCount, long FirstTime, long LastTime, long[]?[] Numbers, int[]?[] Codes, long[] RunningNumbers);
