using Microsoft.Win32.SafeHandles;

namespace TimeSeries.Core.Files;

/// <summary>One open file on the real disk.</summary>
internal sealed class DiskFile(string path, SafeFileHandle handle) : IFile
{
    public string Path => path;

    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> buffer, long offset)
    {
        int total = 0;
        while (total < buffer.Length)
        {
            int read = RandomAccess.Read(handle, buffer[total..], offset + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(handle, bytes, offset);
        }
        catch (IOException fault) when (NativeFile.IsDiskFull(fault))
        {
            throw NativeFile.DiskFull(path, fault);
        }
    }

    public void Append(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
    {
        try
        {
            RandomAccess.Write(handle, buffers, offset);
        }
        catch (IOException fault) when (NativeFile.IsDiskFull(fault))
        {
            throw NativeFile.DiskFull(path, fault);
        }
    }

    public void BeginFlush(long offset, long length) => NativeFile.BeginFlush(handle, offset, length);

    public void DropCache(long offset, long length) => NativeFile.DropCache(handle, offset, length);

    public void Flush() => NativeFile.Flush(handle, path);

    public void SetLength(long length) => RandomAccess.SetLength(handle, length);

    public void Dispose() => handle.Dispose();
}
