using TimeSeries.Core.Files;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;

namespace TimeSeries.Core.Storage.Embedded.Catalog;

/// <summary>
/// The store's files at one moment. Until it is disposed none is deleted, whatever is merged or too old meanwhile. Thread safe but for
/// <see cref="Dispose"/>, which is called once.
/// </summary>
public sealed class StoreHold : IDisposable
{
    private readonly List<Block> _blocks;

    internal StoreHold(string manifestPath, ReadOnlyMemory<byte> manifest, List<Block> blocks)
    {
        ManifestPath = manifestPath;
        Manifest = manifest;
        _blocks = blocks;
    }

    /// <summary>Where the manifest belongs.</summary>
    public string ManifestPath { get; }

    /// <summary>The manifest that names the blocks.</summary>
    public ReadOnlyMemory<byte> Manifest { get; }

    /// <summary>The blocks.</summary>
    public IEnumerable<FilePart> Blocks => _blocks.Select(block => new FilePart(block.Path, block.Entry.Bytes));

    public void Dispose() => SnapshotLease.Release(_blocks);
}
