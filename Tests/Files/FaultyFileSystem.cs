using TimeSeries.Core.Files;

namespace TimeSeries.Tests.Files;

/// <summary>
/// A disk in memory that fails when it is told to. It knows what a flush has made durable and what not, so a test can end the process
/// (<see cref="Kill"/>) or cut the power (<see cref="PowerCut(Random)"/>), go on with what is left, and look at the order of all calls.
/// <para>
/// Names are durable after <see cref="FlushDirectory"/> only, contents after a flush of the file; directories themselves always are.
/// Changes that no flush covered survive a power cut in any subset, writes also in part. Thread safe.
/// </para>
/// </summary>
public sealed class FaultyFileSystem : IFileSystem
{
    private const int SectorBytes = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FileContent> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileContent> _durableNames = new(StringComparer.Ordinal);
    private readonly List<NameChange> _nameChanges = [];
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly List<FileCall> _calls = [];
    private readonly List<ArmedFault> _faults = [];
    private readonly List<(string Path, long Start, long End)> _badSectors = [];
    private bool _isOff;

    /// <summary>Room for the contents of all files; a write that does not fit is cut and fails as on a full disk.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>Called, under the disk's lock, after each call.</summary>
    public Action<FileCall>? Observer { get; set; }

    /// <summary>Everything that was asked so far, and the marks between.</summary>
    public IReadOnlyList<FileCall> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Leaves a note among the calls, to prove that one thing came before another.</summary>
    public void Mark(string text)
    {
        lock (_lock)
        {
            Record(FileOperation.Mark, text, 0, 0, succeeded: true);
        }
    }

    /// <summary>Makes calls to come fail.</summary>
    /// <param name="operation">Which calls.</param>
    /// <param name="skip">How many of them still succeed before.</param>
    /// <param name="times">How many fail then.</param>
    /// <param name="keptBytes">Of a write: how many bytes reach the file before it fails.</param>
    /// <param name="fault">Makes the exception from the path; an <see cref="IOException"/> when null.</param>
    public void Fail(FileOperation operation, int skip = 0, int times = 1, int keptBytes = 0, Func<string, IOException>? fault = null)
    {
        lock (_lock)
        {
            _faults.Add(new ArmedFault(operation, skip, times, keptBytes, fault ?? (path => new IOException($"{path}: {operation} fails."))));
        }
    }

    /// <summary>Forgets all faults that were not met yet.</summary>
    public void Heal()
    {
        lock (_lock)
        {
            _faults.Clear();
            _badSectors.Clear();
            CapacityBytes = long.MaxValue;
        }
    }

    /// <summary>Makes a stretch of a file unreadable.</summary>
    public void BreakSectors(string path, long offset, long bytes)
    {
        lock (_lock)
        {
            _badSectors.Add((path, offset, offset + bytes));
        }
    }

    /// <summary>Changes bytes of a file behind the program's back.</summary>
    public void Corrupt(string path, long offset, params ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            _names[path].Corrupt(offset, bytes);
        }
    }

    /// <summary>The bytes of a file, as programs see them.</summary>
    public byte[] Bytes(string path)
    {
        lock (_lock)
        {
            return _names[path].Current.ToArray();
        }
    }

    /// <summary>The disk after the process was killed: all that was written is there, its locks are gone. This one is dead from now on.</summary>
    public FaultyFileSystem Kill()
    {
        lock (_lock)
        {
            _isOff = true;
            FaultyFileSystem left = new();
            Dictionary<FileContent, FileContent> contents = [];
            FileContent Copied(FileContent content) => contents.TryGetValue(content, out FileContent? copy) ? copy : contents[content] = content.AfterKill();
            foreach ((string path, FileContent content) in _names)
            {
                left._names[path] = Copied(content);
            }

            foreach ((string path, FileContent content) in _durableNames)
            {
                left._durableNames[path] = Copied(content);
            }

            left._nameChanges.AddRange(_nameChanges.Select(change => change with { Content = change.Content is { } content ? Copied(content) : null }));
            return left;
        }
    }

    /// <summary>The disk after the power went, with a random part of what was not flushed. This one is dead from now on.</summary>
    public FaultyFileSystem PowerCut(Random random) => PowerCut(change => random.Next(4) switch
    {
        0 => 0,
        1 => change.Length,
        2 => random.Next(change.Length + 1),
        _ => random.Next(change.Length + 1) / SectorBytes * SectorBytes,
    });

    /// <summary>The disk after the power went. This one is dead from now on.</summary>
    /// <param name="keep">How many bytes, from its start, of each change that was not flushed survive: none at 0, all at its length.</param>
    public FaultyFileSystem PowerCut(Func<PendingChange, int> keep)
    {
        lock (_lock)
        {
            _isOff = true;
            Dictionary<string, FileContent> names = new(_durableNames, StringComparer.Ordinal);
            foreach (NameChange change in _nameChanges)
            {
                if (keep(new PendingChange(change.Operation, change.Path, 0, 1)) > 0)
                {
                    change.Apply(names);
                }
            }

            FaultyFileSystem left = new();
            foreach ((string path, FileContent content) in names)
            {
                FileContent kept = content.AfterPowerCut(keep);
                left._names[path] = kept;
                left._durableNames[path] = kept;
            }

            return left;
        }
    }

    public void CreateDirectory(string path) => ThrowIfOff();

    public IReadOnlyList<string> List(string directory)
    {
        lock (_lock)
        {
            ThrowIfOff();
            return [.. _names.Keys.Where(path => Path.GetDirectoryName(path) == directory).Order(StringComparer.Ordinal)];
        }
    }

    public bool Exists(string path)
    {
        lock (_lock)
        {
            ThrowIfOff();
            return _names.ContainsKey(path);
        }
    }

    public IFile Create(string path, long reserveBytes = 0)
    {
        lock (_lock)
        {
            Begin(FileOperation.Create, path, 0, reserveBytes);
            if (!_names.TryGetValue(path, out FileContent? content))
            {
                content = new FileContent();
                Change(new NameChange(FileOperation.Create, path, null, content));
            }

            content.SetLength(path, 0);
            if (reserveBytes > CapacityBytes - UsedBytes())
            {
                throw new DiskFullException(path, $"{path}: the disk is full.");
            }

            content.SetLength(path, reserveBytes);
            Record(FileOperation.Create, path, 0, reserveBytes, succeeded: true);
            return new FaultyFile(this, path, content, FileAccess.ReadWrite);
        }
    }

    public IFile Open(string path, FileAccess access)
    {
        lock (_lock)
        {
            Begin(FileOperation.Open, path, 0, 0);
            if (!_names.TryGetValue(path, out FileContent? content))
            {
                throw new FileNotFoundException("There is no such file.", path);
            }

            Record(FileOperation.Open, path, 0, 0, succeeded: true);
            return new FaultyFile(this, path, content, access);
        }
    }

    public void Move(string from, string to)
    {
        lock (_lock)
        {
            Begin(FileOperation.Move, from, 0, 0);
            Change(new NameChange(FileOperation.Move, to, from, _names[from]));
            Record(FileOperation.Move, from, 0, 0, succeeded: true);
        }
    }

    public void Delete(string path)
    {
        lock (_lock)
        {
            Begin(FileOperation.Delete, path, 0, 0);
            Change(new NameChange(FileOperation.Delete, path, null, null));
            Record(FileOperation.Delete, path, 0, 0, succeeded: true);
        }
    }

    public void FlushDirectory(string path)
    {
        lock (_lock)
        {
            Begin(FileOperation.FlushDirectory, path, 0, 0);
            foreach (NameChange change in _nameChanges.Where(change => Path.GetDirectoryName(change.Path) == path))
            {
                change.Apply(_durableNames);
            }

            _nameChanges.RemoveAll(change => Path.GetDirectoryName(change.Path) == path);
            Record(FileOperation.FlushDirectory, path, 0, 0, succeeded: true);
        }
    }

    public IDisposable? TryLock(string path)
    {
        lock (_lock)
        {
            ThrowIfOff();
            return _taken.Add(path) ? new TakenDirectory(this, path) : null;
        }
    }

    public long FreeBytes(string path)
    {
        lock (_lock)
        {
            ThrowIfOff();
            return CapacityBytes - UsedBytes();
        }
    }

    internal long LengthOf(FileContent content)
    {
        lock (_lock)
        {
            ThrowIfOff();
            return content.Length;
        }
    }

    internal int Read(string path, FileContent content, Span<byte> buffer, long offset)
    {
        lock (_lock)
        {
            Begin(FileOperation.Read, path, offset, buffer.Length);
            int count = (int)Math.Clamp(content.Length - offset, 0, buffer.Length);
            foreach ((string bad, long start, long end) in _badSectors)
            {
                if (bad == path && offset < end && offset + count > start)
                {
                    Record(FileOperation.Read, path, offset, buffer.Length, succeeded: false);
                    throw new IOException($"{path}: bad sector.");
                }
            }

            content.Current.Slice((int)Math.Min(offset, content.Length), count).CopyTo(buffer);
            Record(FileOperation.Read, path, offset, count, succeeded: true);
            return count;
        }
    }

    internal void Write(string path, FileContent content, ReadOnlySpan<byte> bytes, long offset)
    {
        lock (_lock)
        {
            ThrowIfOff();
            if (Meet(FileOperation.Write, path, out int keptBytes) is { } fault)
            {
                content.Write(path, bytes[..Math.Min(keptBytes, bytes.Length)], offset);
                Record(FileOperation.Write, path, offset, bytes.Length, succeeded: false);
                throw fault;
            }

            long room = CapacityBytes - UsedBytes();
            long growth = Math.Max(0, offset + bytes.Length - content.Length);
            if (growth > room)
            {
                content.Write(path, bytes[..(int)Math.Max(0, bytes.Length - (growth - Math.Max(0, room)))], offset);
                Record(FileOperation.Write, path, offset, bytes.Length, succeeded: false);
                throw new DiskFullException(path, $"{path}: the disk is full.");
            }

            content.Write(path, bytes, offset);
            Record(FileOperation.Write, path, offset, bytes.Length, succeeded: true);
        }
    }

    internal void Flush(string path, FileContent content)
    {
        lock (_lock)
        {
            ThrowIfOff();
            if (Meet(FileOperation.Flush, path, out _) is { } fault)
            {
                content.FailFlush();
                Record(FileOperation.Flush, path, 0, 0, succeeded: false);
                throw fault;
            }

            content.Flush();
            Record(FileOperation.Flush, path, 0, 0, succeeded: true);
        }
    }

    internal void SetLength(string path, FileContent content, long length)
    {
        lock (_lock)
        {
            Begin(FileOperation.SetLength, path, 0, length);
            content.SetLength(path, length);
            Record(FileOperation.SetLength, path, 0, length, succeeded: true);
        }
    }

    internal void Release(string path)
    {
        lock (_lock)
        {
            _taken.Remove(path);
        }
    }

    private void Change(NameChange change)
    {
        change.Apply(_names);
        _nameChanges.Add(change);
    }

    private long UsedBytes() => _names.Values.Sum(content => content.Length);

    private void Begin(FileOperation operation, string path, long offset, long length)
    {
        ThrowIfOff();
        if (Meet(operation, path, out _) is { } fault)
        {
            Record(operation, path, offset, length, succeeded: false);
            throw fault;
        }
    }

    private IOException? Meet(FileOperation operation, string path, out int keptBytes)
    {
        keptBytes = 0;
        foreach (ArmedFault armed in _faults)
        {
            if (armed.Meet(operation, path) is { } fault)
            {
                keptBytes = armed.KeptBytes;
                _faults.RemoveAll(other => other.IsSpent);
                return fault;
            }
        }

        return null;
    }

    private void Record(FileOperation operation, string path, long offset, long length, bool succeeded)
    {
        FileCall call = new(operation, path, offset, length, succeeded);
        _calls.Add(call);
        Observer?.Invoke(call);
    }

    private void ThrowIfOff()
    {
        if (_isOff)
        {
            throw new IOException("The power is off.");
        }
    }
}
