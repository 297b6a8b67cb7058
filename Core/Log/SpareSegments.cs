using TimeSeries.Core.Files;

namespace TimeSeries.Core.Log;

/// <summary>
/// Files of segments that the log has forgotten, to be written over by the next ones. Their room is allocated and written already, so a flush of what is
/// appended there changes nothing but the bytes themselves; in a new file each flush waits for the file system's journal, and each deletion holds that up.
/// A stale frame is none at a later position (<see cref="FrameFormat"/>). Thread safe.
/// </summary>
internal sealed class SpareSegments(IFileSystem files, string directory, long segmentBytes)
{
    // A checkpoint frees one or two segments, and the log begins the same number until the next checkpoint.
    private const int MaxCount = 2;

    private const string Extension = ".spare";

    private readonly Lock _lock = new();
    private readonly List<string> _paths = [];

    // A power cut may give these their old names back: who wrote them over would have damaged a segment.
    private readonly List<string> _renamed = [];

    // Whether a segment was put here whose name a power cut may bring back.
    private bool _hasPut;

    /// <summary>Finds what an earlier process left.</summary>
    /// <exception cref="IOException">The directory can't be read or flushed, or a file that is no use be deleted.</exception>
    public void Find()
    {
        foreach (string path in files.List(directory))
        {
            if (Path.GetExtension(path) == Extension)
            {
                lock (_lock)
                {
                    KeepOrDelete(path, path);
                }
            }
        }

        Settle();
    }

    /// <summary>
    /// Takes a segment that nobody needs any more, or deletes its file. A damaged one goes to quarantine. It is used once it is settled.
    /// One thread at a time calls this.
    /// </summary>
    /// <exception cref="IOException">None could be done; the segment is where it was.</exception>
    public void Put(LogSegment segment, DamageRegister register)
    {
        if (_hasPut)
        {
            // A segment that is back before others that are gone would look like damage. So each change of names is durable before the next.
            files.FlushDirectory(directory);
        }

        _hasPut = true;
        if (register.Found.Any(damage => damage.Path == segment.Path))
        {
            // What can't be read of it may be of use to somebody yet.
            string quarantine = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(directory))!, "quarantine");
            files.CreateDirectory(quarantine);
            files.Move(segment.Path, Path.Combine(quarantine, Path.GetFileName(segment.Path)));
            register.Quarantined = files.List(quarantine).Count;
            return;
        }

        lock (_lock)
        {
            KeepOrDelete(segment.Path, Path.ChangeExtension(segment.Path, Extension));
        }
    }

    /// <summary>Has the names of what was put on stable storage; from then on they are used.</summary>
    /// <exception cref="IOException">The directory can't be flushed; the next call tries again.</exception>
    public void Settle()
    {
        string[] renamed;
        lock (_lock)
        {
            renamed = [.. _renamed];
        }

        if (renamed.Length > 0)
        {
            files.FlushDirectory(directory);
            lock (_lock)
            {
                _paths.AddRange(renamed.Where(_renamed.Remove));
            }
        }
    }

    /// <summary>A file for a new segment: a spare, or one that is made. Near the end of a disk there may be room only for what is written now.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="reserve">Bytes that it is to have.</param>
    /// <param name="needed">Bytes that it must have.</param>
    /// <exception cref="IOException">There is neither.</exception>
    public IFile TakeOrCreate(LogSegment segment, long reserve, long needed)
    {
        if (TryTake(segment, reserve) is { } spare)
        {
            return spare;
        }

        try
        {
            return files.Create(segment.Path, reserve);
        }
        catch (DiskFullException) when (reserve > needed)
        {
            return files.Create(segment.Path, needed);
        }
    }

    private IFile? TryTake(LogSegment segment, long bytes)
    {
        lock (_lock)
        {
            if (bytes != segmentBytes || _paths.Count == 0)
            {
                return null;
            }

            string path = _paths[^1];
            _paths.RemoveAt(_paths.Count - 1);
            files.Move(path, segment.Path);
        }

        return files.Open(segment.Path, FileAccess.ReadWrite);
    }

    private void KeepOrDelete(string path, string spare)
    {
        if (_paths.Count + _renamed.Count >= MaxCount || LengthOf(path) != segmentBytes)
        {
            files.Delete(path);
            return;
        }

        if (path != spare)
        {
            files.Move(path, spare);
        }

        _renamed.Add(spare);
    }

    private long LengthOf(string path)
    {
        using IFile file = files.Open(path, FileAccess.Read);
        return file.Length;
    }
}
