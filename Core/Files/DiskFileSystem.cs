using Microsoft.Win32.SafeHandles;

namespace TimeSeries.Core.Files;

/// <summary>
/// The real disk. Positional reads and writes, vectored writes, fdatasync on Linux; a directory's names are flushed with fsync.
/// Interrupted system calls are made again. Thread safe.
/// </summary>
public sealed class DiskFileSystem : IFileSystem
{
    /// <summary>Name of the file in a directory that carries its lock; it stays when the lock is released.</summary>
    public const string LockName = "lock";

    /// <summary>Makes a directory that only its owner may enter, where the system has modes. One that is there keeps its own.</summary>
    public void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public IReadOnlyList<string> List(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return [];
        }

        string[] files = Directory.GetFiles(directory);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    public IReadOnlyList<string> Folders(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return [];
        }

        string[] folders = Directory.GetDirectories(directory);
        Array.Sort(folders, StringComparer.Ordinal);
        return folders;
    }

    public bool Exists(string path) => File.Exists(path);

    public IFile Create(string path, long reserveBytes = 0)
    {
        SafeFileHandle handle = OpenOrMake(path, FileMode.Create, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            if (reserveBytes > 0)
            {
                NativeFile.Reserve(handle, path, reserveBytes);
            }

            return new DiskFile(path, handle);
        }
        catch
        {
            GiveBack(handle);
            throw;
        }
    }

    public IFile Open(string path, FileAccess access) =>
        new DiskFile(path, File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete));

    public void Move(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path) => File.Delete(path);

    public void FlushDirectory(string path) => NativeFile.FlushDirectory(path);

    public IDisposable? TryLock(string path)
    {
        try
        {
            // FileShare.None is an exclusive lock of the operating system, on Unix by flock: it goes with the process, however that ends.
            return OpenOrMake(Path.Combine(path, LockName), FileMode.OpenOrCreate, FileShare.None);
        }
        catch (IOException fault) when (NativeFile.IsSharingViolation(fault))
        {
            return null;
        }
    }

    public long FreeBytes(string path)
    {
        string full = Path.GetFullPath(path);
        return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(full)! : full).AvailableFreeSpace;
    }

    // A new file is its owner's alone, also in a directory that was there and that others may enter.
    private static SafeFileHandle OpenOrMake(string path, FileMode mode, FileShare share)
    {
        bool isNew = !File.Exists(path);
        SafeFileHandle handle = File.OpenHandle(path, mode, FileAccess.ReadWrite, share);
        if (isNew && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return handle;
    }

    // A reservation that failed half way must not keep the room that it found.
    private static void GiveBack(SafeFileHandle handle)
    {
        using (handle)
        {
            try
            {
                RandomAccess.SetLength(handle, 0);
            }
            catch (IOException)
            {
                // The caller gets the fault that came first.
            }
        }
    }
}

/// <summary>The disk has no room for what was to be written (or the quota is used up). The file may hold what was written before the fault.</summary>
public sealed class DiskFullException : IOException
{
    public DiskFullException()
    {
    }

    public DiskFullException(string message)
        : base(message)
    {
    }

    public DiskFullException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public DiskFullException(string path, string message, Exception? innerException = null)
        : base(message, innerException) => Path = path;

    /// <summary>The file that was written to.</summary>
    public string Path { get; } = "";
}
