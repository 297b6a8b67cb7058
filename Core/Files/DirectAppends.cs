using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TimeSeries.Core.Files;

/// <summary>
/// Appends to a file past the system's cache, in whole pages (<c>O_DIRECT</c>, see open(2)): a flush behind such a write has only the disk to wait for. What is large goes through the cache, which hands a
/// disk several parts at a time. Used by the file's writer.
/// </summary>
/// <param name="path">The file.</param>
internal sealed unsafe class DirectAppends(string path) : IDisposable
{
    /// <summary>What addresses, offsets and lengths are multiples of; no disk asks for more.</summary>
    public const int PageBytes = 4_096;

    private const int MaxBytes = 128 << 10;

    // Null where the system or the file system has no such writes.
    private SafeFileHandle? _file = NativeFile.TryOpenDirect(path);
    private byte* _pages;

    // Where the last append ended, whose last page begins _pages; -1 when it does not.
    private long _end = -1;

    /// <summary>Appends what several buffers hold; false when it has to go through the cache. The rest of the last page becomes zeros.</summary>
    /// <param name="buffers">What is appended.</param>
    /// <param name="offset">Where.</param>
    /// <param name="file">The same file, through the cache.</param>
    /// <exception cref="IOException">The disk failed; what was written is unknown.</exception>
    public bool TryAppend(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset, DiskFile file)
    {
        if (_file is null || LengthOf(buffers) > MaxBytes)
        {
            Forget();
            return false;
        }

        int head = (int)(offset % PageBytes);
        Span<byte> pages = Pages();
        if (_end != offset)
        {
            pages[file.Read(pages[..head], offset - head)..head].Clear();
        }

        Forget();
        int length = head;
        for (int i = 0; i < buffers.Count; i++)
        {
            buffers[i].Span.CopyTo(pages[length..]);
            length += buffers[i].Length;
        }

        if (!TryWrite(pages, length, offset - head))
        {
            return false;
        }

        int tail = length % PageBytes;
        pages.Slice(length - tail, tail).CopyTo(pages);
        _end = offset - head + length;
        return true;
    }

    /// <summary>The file was changed by other means.</summary>
    public void Forget() => _end = -1;

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
        NativeMemory.AlignedFree(_pages);
        _pages = null;
    }

    private Span<byte> Pages()
    {
        const int size = MaxBytes + 2 * PageBytes;
        if (_pages is null)
        {
            _pages = (byte*)NativeMemory.AlignedAlloc(size, PageBytes);
        }

        return new Span<byte>(_pages, size);
    }

    private bool TryWrite(Span<byte> pages, int length, long offset)
    {
        int whole = (length + PageBytes - 1) / PageBytes * PageBytes;
        pages[length..whole].Clear();
        try
        {
            RandomAccess.Write(_file!, pages[..whole], offset);
            return true;
        }
        catch (IOException fault) when (NativeFile.IsInvalidArgument(fault))
        {
            // A file system that opens files so and then asks for more than whole pages.
            Dispose();
            return false;
        }
    }

    private static long LengthOf(IReadOnlyList<ReadOnlyMemory<byte>> buffers)
    {
        long length = 0;
        for (int i = 0; i < buffers.Count; i++)
        {
            length += buffers[i].Length;
        }

        return length;
    }
}
