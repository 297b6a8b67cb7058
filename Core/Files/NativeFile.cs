using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TimeSeries.Core.Files;

/// <summary>The system calls that .NET has no method for, and what their errors mean.</summary>
internal static partial class NativeFile
{
    private const int Interrupted = 4;
    private const int Again = 11;
    private const int InvalidArgument = 22;
    private const int NoSpace = 28;
    private const int NotSupported = 95;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    // SYNC_FILE_RANGE_WRITE, see sync_file_range(2).
    private const uint SyncRangeWrite = 2;

    // POSIX_FADV_DONTNEED of fcntl.h on x64 and arm64.
    private const int DoNotNeed = 4;

    // EWOULDBLOCK of macOS and the BSDs.
    private const int AgainOnMac = 35;

    /// <summary>Flushes what was written, and the length when it changed, to stable storage.</summary>
    public static void Flush(SafeFileHandle handle, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(handle);
            return;
        }

        while (DataSync(handle) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw Fault(path, "flush", error);
            }
        }
    }

    /// <summary>Has the kernel begin to write a part to the disk; the flush reports failures.</summary>
    public static void BeginFlush(SafeFileHandle handle, long offset, long length)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SyncRange(handle, offset, length, SyncRangeWrite);
        }
    }

    /// <summary>Has the kernel drop a part from its cache, where nothing of it is still to be written.</summary>
    public static void DropCache(SafeFileHandle handle, long offset, long length)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Advise(handle, offset, length, DoNotNeed);
        }
    }

    /// <summary>Reserves the file's first bytes; they read as zeros. Where the system can't, nothing happens.</summary>
    public static void Reserve(SafeFileHandle handle, string path, long bytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        int error;
        do
        {
            // posix_fallocate gives its error back and leaves errno alone.
            error = Allocate(handle, 0, bytes);
        }
        while (error == Interrupted);

        if (error is not (0 or InvalidArgument or NotSupported))
        {
            throw Fault(path, "reserve", error);
        }
    }

    /// <summary>Flushes a directory's names. Windows journals them itself.</summary>
    public static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(path, 0);
        if (descriptor < 0)
        {
            throw Fault(path, "open", Marshal.GetLastPInvokeError());
        }

        try
        {
            while (Sync(descriptor) != 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error != Interrupted)
                {
                    throw Fault(path, "flush", error);
                }
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    public static bool IsDiskFull(IOException fault) => fault.HResult is NoSpace or QuotaExceeded or WindowsDiskFull;

    public static bool IsSharingViolation(IOException fault) => fault.HResult is Again or AgainOnMac or WindowsSharingViolation;

    public static DiskFullException DiskFull(string path, Exception? cause) => new(path, $"{path}: the disk is full.", cause);

    private static IOException Fault(string path, string call, int error) => error is NoSpace or QuotaExceeded
        ? DiskFull(path, null)
        : new IOException($"{path}: {call} failed: {Marshal.GetPInvokeErrorMessage(error)} ({error}).", error);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncRange(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Allocate(SafeFileHandle file, long offset, long length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
