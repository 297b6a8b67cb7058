namespace TimeSeries.Simulation.Disk;

/// <summary>
/// What a file holds: as programs see it, and as it stands on the disk. Changes are kept in order; a flush makes those before it durable.
/// After a failed flush the changes are doubtful for good, as on Linux, where the next flush says nothing of pages that failed before.
/// </summary>
internal sealed class FileContent
{
    private readonly List<Change> _changes = [];
    private byte[] _durable = [];
    private byte[] _current = [];
    private int _durableLength;
    private int _currentLength;

    public long Length => _currentLength;

    public ReadOnlySpan<byte> Current => _current.AsSpan(0, _currentLength);

    public void Write(string path, ReadOnlySpan<byte> bytes, long offset)
    {
        Change change = new(new PendingChange(FileOperation.Write, path, offset, bytes.Length), bytes.ToArray());
        _changes.Add(change);
        Apply(change, bytes.Length, ref _current, ref _currentLength);
    }

    /// <summary>Writes bytes, or only seems to: the length is as if they were where they should be.</summary>
    public void Write(string path, ReadOnlySpan<byte> bytes, long offset, WriteLie? lie)
    {
        if (lie is not null && offset + bytes.Length > Length)
        {
            SetLength(path, offset + bytes.Length);
        }

        if (lie is not { IsLost: true })
        {
            Write(path, bytes, Math.Max(0, offset + (lie?.Shift ?? 0)));
        }
    }

    public void SetLength(string path, long length)
    {
        Change change = new(new PendingChange(FileOperation.SetLength, path, length, 1), []);
        _changes.Add(change);
        Apply(change, 1, ref _current, ref _currentLength);
    }

    public void Flush()
    {
        foreach (Change change in _changes)
        {
            change.IsDurable |= !change.IsDoubtful;
        }

        int settled = 0;
        while (settled < _changes.Count && _changes[settled].IsDurable)
        {
            Apply(_changes[settled], _changes[settled].What.Length, ref _durable, ref _durableLength);
            settled++;
        }

        _changes.RemoveRange(0, settled);
    }

    public void FailFlush()
    {
        foreach (Change change in _changes)
        {
            change.IsDoubtful |= !change.IsDurable;
        }
    }

    /// <summary>Changes bytes in place, on the disk and in memory: rot.</summary>
    public void Corrupt(long offset, ReadOnlySpan<byte> bytes)
    {
        Flush();
        bytes.CopyTo(_current.AsSpan((int)offset));
        if (offset + bytes.Length <= _durableLength)
        {
            bytes.CopyTo(_durable.AsSpan((int)offset));
        }
    }

    /// <summary>What is left when the process ends but not the system: everything, flushed or not.</summary>
    public FileContent AfterKill()
    {
        FileContent left = new() { _durable = [.. _durable], _durableLength = _durableLength, _current = [.. _current], _currentLength = _currentLength };
        left._changes.AddRange(_changes.Select(
            change => new Change(change.What, change.Bytes) { IsDoubtful = change.IsDoubtful, IsDurable = change.IsDurable }));
        return left;
    }

    /// <summary>What is left when the power goes: what was flushed, and of the rest what <paramref name="keep"/> says, as many bytes from its start.</summary>
    public FileContent AfterPowerCut(Func<PendingChange, int> keep)
    {
        byte[] bytes = [.. _durable];
        int length = _durableLength;
        foreach (Change change in _changes)
        {
            int kept = change.IsDurable ? change.What.Length : keep(change.What);
            if (kept > 0 || change.IsDurable)
            {
                Apply(change, kept, ref bytes, ref length);
            }
        }

        return new FileContent { _durable = bytes, _durableLength = length, _current = [.. bytes], _currentLength = length };
    }

    private static void Apply(Change change, int kept, ref byte[] bytes, ref int length)
    {
        int end = (int)change.What.Offset + (change.What.Operation == FileOperation.Write ? kept : 0);
        if (end > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(end, bytes.Length * 2));
        }

        if (change.What.Operation == FileOperation.Write)
        {
            change.Bytes.AsSpan(0, kept).CopyTo(bytes.AsSpan((int)change.What.Offset));
            length = Math.Max(length, end);
            return;
        }

        if (end < length)
        {
            bytes.AsSpan(end, length - end).Clear();
        }

        length = end;
    }

    private sealed class Change(PendingChange what, byte[] bytes)
    {
        public PendingChange What { get; } = what;

        public byte[] Bytes { get; } = bytes;

        public bool IsDurable { get; set; }

        public bool IsDoubtful { get; set; }
    }
}
