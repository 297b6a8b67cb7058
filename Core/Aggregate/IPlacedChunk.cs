using TimeSeries.Core.Model;

namespace TimeSeries.Core.Aggregate;

/// <summary>Samples as columns that also tell the place of each.</summary>
internal interface IPlacedChunk : IColumnChunk
{
    /// <summary>The running number of each row.</summary>
    ReadOnlySpan<long> RunningNumbers { get; }

    /// <summary>The node of each row; empty when all are of the node that the listing is told.</summary>
    ReadOnlySpan<ulong> Nodes { get; }
}
