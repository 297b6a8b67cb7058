using TimeSeries.Core.Files;

namespace TimeSeries.Simulation.Planted;

/// <summary>A disk some of whose flushes do nothing: those of the log's segments, or those of the blocks' directory.</summary>
internal sealed class FlushlessDisk(IFileSystem disk, PlantedFault fault) : IFileSystem
{
    public void CreateDirectory(string path) => disk.CreateDirectory(path);

    public IReadOnlyList<string> List(string directory) => disk.List(directory);

    public IReadOnlyList<string> Folders(string directory) => disk.Folders(directory);

    public bool Exists(string path) => disk.Exists(path);

    public IFile Create(string path, long reserveBytes = 0) => Wrap(disk.Create(path, reserveBytes));

    public IFile Open(string path, FileAccess access) => Wrap(disk.Open(path, access));

    public void Move(string from, string to) => disk.Move(from, to);

    public void Delete(string path) => disk.Delete(path);

    public void FlushDirectory(string path)
    {
        if (fault != PlantedFault.MissedDirectoryFlush || !path.EndsWith("/blocks", StringComparison.Ordinal))
        {
            disk.FlushDirectory(path);
        }
    }

    public IDisposable? TryLock(string path) => disk.TryLock(path);

    public long FreeBytes(string path) => disk.FreeBytes(path);

    private IFile Wrap(IFile file) =>
        fault == PlantedFault.LostFlush && file.Path.EndsWith(".log", StringComparison.Ordinal) ? new FlushlessFile(file) : file;

    private sealed class FlushlessFile(IFile file) : IFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => file.Write(bytes, offset);

        public void Append(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset) => file.Append(buffers, offset);

        public void BeginFlush(long offset, long length) => file.BeginFlush(offset, length);

        public void DropCache(long offset, long length) => file.DropCache(offset, length);

        public void Flush()
        {
            // What was written stays where it is.
        }

        public void SetLength(long length) => file.SetLength(length);

        public void Dispose() => file.Dispose();
    }
}
