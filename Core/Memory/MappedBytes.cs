using System.Buffers;
using System.Runtime.InteropServices;

namespace TimeSeries.Core.Memory;

/// <summary>
/// Bytes straight from the system, for what is too large to be kept for the next: they take memory only as far as they were written, grow without being copied,
/// and are gone when disposed. The collector leaves large arrays until there are several times as many as are used. Whoever made it disposes it once, when
/// nothing reads it any more. Not thread safe.
/// </summary>
internal sealed unsafe partial class MappedBytes : MemoryManager<byte>
{
    // PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS and MREMAP_MAYMOVE of Linux on x64 and arm64.
    private const int ReadAndWrite = 3;
    private const int PrivateAndAnonymous = 0x22;
    private const int MayMove = 1;

    private static readonly void* _failed = (void*)-1;

    private void* _bytes;

    /// <exception cref="InsufficientMemoryException">The system has no more.</exception>
    public MappedBytes(int length)
    {
        _bytes = OperatingSystem.IsLinux()
            ? Check(Map(null, (nuint)length, ReadAndWrite, PrivateAndAnonymous, -1, 0))
            : NativeMemory.Alloc((nuint)length);
        Length = length;
    }

    public int Length { get; private set; }

    public override Span<byte> GetSpan() => new(_bytes, Length);

    /// <summary>Makes it longer; what was taken of it before is no longer valid.</summary>
    /// <exception cref="InsufficientMemoryException">The system has no more.</exception>
    public void Grow(int length)
    {
        _bytes = OperatingSystem.IsLinux()
            ? Check(Remap(_bytes, (nuint)Length, (nuint)length, MayMove))
            : NativeMemory.Realloc(_bytes, (nuint)length);
        Length = length;
    }

    // It does not move while it is read.
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)Length);
        return new MemoryHandle((byte*)_bytes + elementIndex);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (!OperatingSystem.IsLinux())
        {
            NativeMemory.Free(_bytes);
        }
        else if (_bytes is not null)
        {
            _ = Unmap(_bytes, (nuint)Length);
        }

        _bytes = null;
        Length = 0;
    }

    private static void* Check(void* bytes) =>
        bytes != _failed ? bytes : throw new InsufficientMemoryException($"The system gives no memory: {Marshal.GetLastPInvokeErrorMessage()}.");

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* Map(void* at, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mremap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* Remap(void* bytes, nuint length, nuint newLength, int flags);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(void* bytes, nuint length);
}
