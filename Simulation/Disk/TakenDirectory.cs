namespace TimeSeries.Simulation.Disk;

/// <summary>A directory's lock, until disposed.</summary>
internal sealed class TakenDirectory(FaultyFileSystem files, string path) : IDisposable
{
    public void Dispose() => files.Release(path);
}
