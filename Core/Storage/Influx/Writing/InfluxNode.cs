using TimeSeries.Core.Files;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>The node that a data directory belongs to.</summary>
/// <param name="Files">The disk.</param>
/// <param name="Directory">The data directory.</param>
/// <param name="Id">The id that files of the directory carry.</param>
public sealed record InfluxNode(IFileSystem Files, string Directory, ulong Id)
{
    /// <summary>The node that a sample belongs to in InfluxDB, by its sequence number. A copied directory has others than <see cref="Id"/>.</summary>
    public Func<long, ulong> NodeOf { get; init; } = _ => Id;

    /// <summary>How long samples of a kind are kept; null means no limit.</summary>
    public Func<Kind, TimeSpan?> RetentionOf { get; init; } = _ => null;
}
