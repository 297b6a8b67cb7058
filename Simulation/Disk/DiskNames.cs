
namespace TimeSeries.Simulation.Disk;

/// <summary>The names on a disk: as programs see them, as they stand on the disk, and the changes between.</summary>
internal sealed class DiskNames
{
    private readonly Dictionary<string, FileContent> _current = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileContent> _durable = new(StringComparer.Ordinal);
    private readonly List<NameChange> _changes = [];

    public IEnumerable<string> Paths => _current.Keys;

    public long UsedBytes => _current.Values.Sum(content => content.Length);

    public FileContent? Find(string path) => _current.GetValueOrDefault(path);

    public void Change(NameChange change)
    {
        change.Apply(_current);
        _changes.Add(change);
    }

    public void Flush(string directory)
    {
        foreach (NameChange change in _changes.Where(change => Path.GetDirectoryName(change.Path) == directory))
        {
            change.Apply(_durable);
        }

        _changes.RemoveAll(change => Path.GetDirectoryName(change.Path) == directory);
    }

    /// <summary>All names and contents as they are, flushed or not, as copies.</summary>
    public DiskNames AfterKill()
    {
        DiskNames left = new();
        Dictionary<FileContent, FileContent> contents = [];
        FileContent Copied(FileContent content) => contents.TryGetValue(content, out FileContent? copy) ? copy : contents[content] = content.AfterKill();
        foreach ((string path, FileContent content) in _current)
        {
            left._current[path] = Copied(content);
        }

        foreach ((string path, FileContent content) in _durable)
        {
            left._durable[path] = Copied(content);
        }

        left._changes.AddRange(_changes.Select(change => change with { Content = change.Content is { } content ? Copied(content) : null }));
        return left;
    }

    /// <summary>The durable names and contents, and of the changes since what <paramref name="keep"/> says, as copies.</summary>
    public DiskNames AfterPowerCut(Func<PendingChange, int> keep)
    {
        Dictionary<string, FileContent> names = new(_durable, StringComparer.Ordinal);
        foreach (NameChange change in _changes)
        {
            if (keep(new PendingChange(change.Operation, change.Path, 0, 1)) > 0)
            {
                change.Apply(names);
            }
        }

        DiskNames left = new();
        foreach ((string path, FileContent content) in names)
        {
            left._current[path] = left._durable[path] = content.AfterPowerCut(keep);
        }

        return left;
    }
}
