namespace TimeSeries.Core.Files;

/// <summary>
/// A disk as it would be after some changes, which stay in memory: the disk below is read and never changed. Files that are written whole or opened for
/// writing are in memory then. Thread safe.
/// </summary>
/// <param name="below">The disk below.</param>
public sealed class OverlayFileSystem(IFileSystem below) : IFileSystem
{
    private readonly MemoryFileSystem _written = new();

    // Guards both below.
    private readonly Lock _gate = new();

    // What has another name than on the disk below, and which names of it are gone.
    private readonly Dictionary<string, string> _renamed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);

    public void CreateDirectory(string path)
    {
        // Directories are parts of names.
    }

    public IReadOnlyList<string> List(string directory)
    {
        lock (_gate)
        {
            return
            [
                .. below.List(directory).Where(path => !_gone.Contains(path))
                    .Concat(_renamed.Keys.Where(path => Path.GetDirectoryName(path) == directory)).Concat(_written.List(directory))
                    .Distinct().Order(StringComparer.Ordinal),
            ];
        }
    }

    /// <inheritdoc/>
    /// <remarks>A folder of the disk below stays, though all its files may be gone.</remarks>
    public IReadOnlyList<string> Folders(string directory)
    {
        lock (_gate)
        {
            return
            [
                .. below.Folders(directory).Concat(_written.Folders(directory)).Concat(MemoryFileSystem.FoldersOf(_renamed.Keys, directory))
                    .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            ];
        }
    }

    public bool Exists(string path)
    {
        lock (_gate)
        {
            return _written.Exists(path) || Below(path) is { } name && below.Exists(name);
        }
    }

    public IFile Create(string path, long reserveBytes = 0)
    {
        lock (_gate)
        {
            Hide(path);
            return _written.Create(path);
        }
    }

    public IFile Open(string path, FileAccess access)
    {
        lock (_gate)
        {
            if (_written.Exists(path))
            {
                return _written.Open(path, access);
            }

            string name = Below(path) ?? throw new FileNotFoundException("There is no such file.", path);
            return access == FileAccess.Read ? below.Open(name, access) : Copy(path, name);
        }
    }

    public void Move(string from, string to)
    {
        lock (_gate)
        {
            if (_written.Exists(from))
            {
                Hide(to);
                _written.Move(from, to);
                return;
            }

            string name = Below(from) ?? throw new FileNotFoundException("There is no such file.", from);
            if (!below.Exists(name))
            {
                throw new FileNotFoundException("There is no such file.", from);
            }

            Hide(from);
            Hide(to);
            _renamed[to] = name;
        }
    }

    public void Delete(string path)
    {
        lock (_gate)
        {
            Hide(path);
        }
    }

    public void FlushDirectory(string path)
    {
        // Nothing of it is kept.
    }

    public IDisposable? TryLock(string path) => below.TryLock(path);

    public long FreeBytes(string path) => below.FreeBytes(path);

    private string? Below(string path) => _renamed.GetValueOrDefault(path) ?? (_gone.Contains(path) ? null : path);

    private void Hide(string path)
    {
        _written.Delete(path);
        _renamed.Remove(path);
        _gone.Add(path);
    }

    private IFile Copy(string path, string name)
    {
        using IFile from = below.Open(name, FileAccess.Read);
        byte[] bytes = new byte[from.Length];
        int read = from.Read(bytes, 0);
        Hide(path);
        IFile copy = _written.Create(path);
        copy.Write(bytes.AsSpan(0, read), 0);
        return copy;
    }
}
