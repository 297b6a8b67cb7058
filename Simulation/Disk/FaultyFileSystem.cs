using TimeSeries.Core.Files;

namespace TimeSeries.Simulation.Disk;

/// <summary>
/// A disk in memory that fails on demand. It knows what a flush has made durable and what not, so a test can end the process
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
    private readonly DiskNames _names;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly CallLog _calls = new();
    private readonly FaultPlan _faults = new();

    public FaultyFileSystem()
        : this(new DiskNames())
    {
    }

    private FaultyFileSystem(DiskNames names) => _names = names;

    /// <summary>Its power, which may go within a call.</summary>
    internal PowerSupply Power { get; } = new();

    /// <summary>Room for the contents of all files; a write that does not fit is cut and fails as on a full disk.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>Bytes that the contents of all files take.</summary>
    public long UsedBytes
    {
        get
        {
            lock (_lock)
            {
                return _names.UsedBytes;
            }
        }
    }

    /// <summary>Called, under the disk's lock, after each call.</summary>
    public Action<FileCall>? Observer { get => _calls.Observer; set => _calls.Observer = value; }

    /// <summary>Called before a file is written to or flushed, without the disk's lock: a call that hangs here holds no other.</summary>
    public Action<FileOperation, string>? Before { get; set; }

    /// <summary>How many files are open.</summary>
    public int OpenFiles => _calls.OpenFiles;

    /// <summary>Every call so far, and the marks between.</summary>
    public IReadOnlyList<FileCall> Calls
    {
        get
        {
            lock (_lock)
            {
                return _calls.ToArray();
            }
        }
    }

    /// <summary>Leaves a note among the calls, to prove that one thing came before another.</summary>
    public void Mark(string text)
    {
        lock (_lock)
        {
            _calls.Add(FileOperation.Mark, text, 0, 0, succeeded: true);
        }
    }

    /// <summary>Makes calls to come fail.</summary>
    /// <param name="operation">Which calls.</param>
    /// <param name="skip">How many of them still succeed before.</param>
    /// <param name="times">How many fail then.</param>
    /// <param name="keptBytes">Of a write or read: how many bytes are written or read before it fails.</param>
    /// <param name="fault">Makes the exception from the path; an <see cref="IOException"/> when null.</param>
    public void Fail(FileOperation operation, int skip = 0, int times = 1, int keptBytes = 0, Func<string, IOException>? fault = null)
    {
        lock (_lock)
        {
            _faults.Add(new ArmedFault(operation, skip, times, keptBytes, fault ?? (path => new IOException($"{path}: {operation} fails."))));
        }
    }

    /// <summary>Makes a write to come succeed without its bytes coming where they should.</summary>
    public void Lie(WriteLie lie)
    {
        lock (_lock)
        {
            _faults.Add(lie);
        }
    }

    /// <summary>Forgets all faults that were not met yet.</summary>
    public void Heal()
    {
        lock (_lock)
        {
            _faults.Clear();
            CapacityBytes = long.MaxValue;
        }
    }

    /// <summary>Makes a stretch of a file unreadable.</summary>
    public void BreakSectors(string path, long offset, long bytes)
    {
        lock (_lock)
        {
            _faults.AddBadSectors(path, offset, offset + bytes);
        }
    }

    /// <summary>Changes bytes of a file behind the program's back.</summary>
    public void Corrupt(string path, long offset, params ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            Content(path).Corrupt(offset, bytes);
        }
    }

    /// <summary>The bytes of a file, as programs see them.</summary>
    public byte[] Bytes(string path)
    {
        lock (_lock)
        {
            return Content(path).Current.ToArray();
        }
    }

    /// <summary>The disk after the process was killed: all that was written is there, its locks are gone. This one is dead from now on.</summary>
    public FaultyFileSystem Kill()
    {
        lock (_lock)
        {
            Power.CutOff();
            return new FaultyFileSystem(_names.AfterKill());
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
            Power.CutOff();
            return new FaultyFileSystem(_names.AfterPowerCut(keep));
        }
    }

    internal void NoteClosed() => _calls.NoteClosed();

    public void CreateDirectory(string path) => Power.ThrowIfOff();

    public IReadOnlyList<string> List(string directory)
    {
        lock (_lock)
        {
            Power.ThrowIfOff();
            return [.. _names.Paths.Where(path => Path.GetDirectoryName(path) == directory).Order(StringComparer.Ordinal)];
        }
    }

    public IReadOnlyList<string> Folders(string directory)
    {
        lock (_lock)
        {
            Power.ThrowIfOff();
            return MemoryFileSystem.FoldersOf(_names.Paths, directory);
        }
    }

    public bool Exists(string path)
    {
        lock (_lock)
        {
            Power.ThrowIfOff();
            return _names.Find(path) is not null;
        }
    }

    public IFile Create(string path, long reserveBytes = 0)
    {
        lock (_lock)
        {
            Begin(FileOperation.Create, path, 0, reserveBytes);
            FileContent content = _names.Find(path) ?? new FileContent();
            if (_names.Find(path) is null)
            {
                _names.Change(new NameChange(FileOperation.Create, path, null, content));
            }

            content.SetLength(path, 0);
            if (reserveBytes > CapacityBytes - _names.UsedBytes)
            {
                throw new DiskFullException(path, $"{path}: the disk is full.");
            }

            content.SetLength(path, reserveBytes);
            _calls.Add(FileOperation.Create, path, 0, reserveBytes, succeeded: true);
            return new FaultyFile(this, path, content, FileAccess.ReadWrite);
        }
    }

    public IFile Open(string path, FileAccess access)
    {
        lock (_lock)
        {
            Begin(FileOperation.Open, path, 0, 0);
            FileContent content = Content(path);
            _calls.Add(FileOperation.Open, path, 0, 0, succeeded: true);
            return new FaultyFile(this, path, content, access);
        }
    }

    public void Move(string from, string to)
    {
        lock (_lock)
        {
            Begin(FileOperation.Move, from, 0, 0);
            _names.Change(new NameChange(FileOperation.Move, to, from, Content(from)));
            _calls.Add(FileOperation.Move, from, 0, 0, succeeded: true);
        }
    }

    public void Delete(string path)
    {
        lock (_lock)
        {
            Begin(FileOperation.Delete, path, 0, 0);
            _names.Change(new NameChange(FileOperation.Delete, path, null, null));
            _calls.Add(FileOperation.Delete, path, 0, 0, succeeded: true);
        }
    }

    public void FlushDirectory(string path)
    {
        lock (_lock)
        {
            Begin(FileOperation.FlushDirectory, path, 0, 0);
            _names.Flush(path);
            _calls.Add(FileOperation.FlushDirectory, path, 0, 0, succeeded: true);
        }
    }

    public IDisposable? TryLock(string path)
    {
        lock (_lock)
        {
            Power.ThrowIfOff();
            return _taken.Add(path) ? new TakenDirectory(this, path) : null;
        }
    }

    public long FreeBytes(string path)
    {
        lock (_lock)
        {
            Power.ThrowIfOff();
            return CapacityBytes - _names.UsedBytes;
        }
    }

    internal long LengthOf(FileContent content)
    {
        lock (_lock)
        {
            Power.ThrowIfOff();
            return content.Length;
        }
    }

    internal int Read(string path, FileContent content, Span<byte> buffer, long offset)
    {
        lock (_lock)
        {
            Power.ThrowIfOff();
            int count = (int)Math.Clamp(content.Length - offset, 0, buffer.Length);
            if (_faults.Meet(FileOperation.Read, path, out int keptBytes) is { } fault)
            {
                int kept = Math.Min(keptBytes, count);
                content.Current.Slice((int)Math.Min(offset, content.Length), kept).CopyTo(buffer);
                _calls.Add(FileOperation.Read, path, offset, buffer.Length, succeeded: false);
                throw fault;
            }

            if (_faults.IsBad(path, offset, offset + count))
            {
                _calls.Add(FileOperation.Read, path, offset, buffer.Length, succeeded: false);
                throw new IOException($"{path}: bad sector.");
            }

            content.Current.Slice((int)Math.Min(offset, content.Length), count).CopyTo(buffer);
            _calls.Add(FileOperation.Read, path, offset, count, succeeded: true);
            return count;
        }
    }

    internal void Write(string path, FileContent content, ReadOnlySpan<byte> bytes, long offset)
    {
        Before?.Invoke(FileOperation.Write, path);
        lock (_lock)
        {
            Power.ThrowIfOff();
            if (Power.GoesWithin())
            {
                // It is among the changes that no flush covered, so the end of the power decides how much of it is left.
                content.Write(path, bytes, offset);
                Power.ThrowIfOff();
            }

            if (_faults.Meet(FileOperation.Write, path, out int keptBytes) is { } fault)
            {
                content.Write(path, bytes[..Math.Min(keptBytes, bytes.Length)], offset);
                _calls.Add(FileOperation.Write, path, offset, bytes.Length, succeeded: false);
                throw fault;
            }

            long room = CapacityBytes - _names.UsedBytes;
            long growth = Math.Max(0, offset + bytes.Length - content.Length);
            if (growth > room)
            {
                content.Write(path, bytes[..(int)Math.Max(0, bytes.Length - (growth - Math.Max(0, room)))], offset);
                _calls.Add(FileOperation.Write, path, offset, bytes.Length, succeeded: false);
                throw new DiskFullException(path, $"{path}: the disk is full.");
            }

            content.Write(path, bytes, offset, _faults.MeetLie(path, offset, bytes.Length));
            _calls.Add(FileOperation.Write, path, offset, bytes.Length, succeeded: true);
        }
    }

    internal void Flush(string path, FileContent content)
    {
        Before?.Invoke(FileOperation.Flush, path);
        lock (_lock)
        {
            Power.ThrowIfOff();
            Power.Spend(FileOperation.Flush);
            if (_faults.Meet(FileOperation.Flush, path, out _) is { } fault)
            {
                content.FailFlush();
                _calls.Add(FileOperation.Flush, path, 0, 0, succeeded: false);
                throw fault;
            }

            content.Flush();
            _calls.Add(FileOperation.Flush, path, 0, 0, succeeded: true);
        }
    }

    internal void SetLength(string path, FileContent content, long length)
    {
        lock (_lock)
        {
            Begin(FileOperation.SetLength, path, 0, length);
            content.SetLength(path, length);
            _calls.Add(FileOperation.SetLength, path, 0, length, succeeded: true);
        }
    }

    internal void Release(string path)
    {
        lock (_lock)
        {
            _taken.Remove(path);
        }
    }

    private FileContent Content(string path) => _names.Find(path) ?? throw new FileNotFoundException("There is no such file.", path);

    private void Begin(FileOperation operation, string path, long offset, long length)
    {
        Power.ThrowIfOff();
        Power.Spend(operation);
        if (_faults.Meet(operation, path, out _) is { } fault)
        {
            _calls.Add(operation, path, offset, length, succeeded: false);
            throw fault;
        }
    }
}
