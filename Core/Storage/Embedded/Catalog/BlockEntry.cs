using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;

namespace TimeSeries.Core.Storage.Embedded.Catalog;

/// <summary>A block as the manifest names it. Immutable.</summary>
internal sealed record BlockEntry
{
    public required long Id { get; init; }

    public required Kind Kind { get; init; }

    /// <summary>Length of the file.</summary>
    public required long Bytes { get; init; }

    public required long RowCount { get; init; }

    public required long FirstTime { get; init; }

    public required long LastTime { get; init; }

    /// <summary>The least sequence number.</summary>
    public required long FirstNumber { get; init; }

    /// <summary>The greatest sequence number.</summary>
    public required long LastNumber { get; init; }

    public required int ProjectCount { get; init; }

    public string FileName => BlockFormat.FileName(Kind, Id);
}
