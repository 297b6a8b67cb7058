using System.Buffers;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;

namespace TimeSeries.Core.Log;

/// <summary>
/// A small file of records that is appended to and read whole when it is opened, framed like the log. What the end of a process tore off
/// is passed over. After a fault the file is not written to any more: it is opened again, or made again. Used by one thread at a time.
/// </summary>
public sealed class RecordFile : IDisposable
{
    private readonly IFile _file;
    private readonly FrameFormat _format;
    private bool _failed;

    private RecordFile(IFile file, FrameFormat format, long end, long damagedBytes)
    {
        _file = file;
        _format = format;
        End = end;
        DamagedBytes = damagedBytes;
    }

    /// <summary>Bytes of all records with their frames; the file's own header not counted.</summary>
    public long End { get; private set; }

    /// <summary>Bytes between whole records that could not be read when the file was opened.</summary>
    public long DamagedBytes { get; }

    /// <summary>Makes a new file without records, replacing what has the name; it is durable by name when this returns.</summary>
    /// <exception cref="IOException">The file can't be made.</exception>
    public static RecordFile Create(IFileSystem files, string path, uint magic, uint version, ulong nodeId)
    {
        IFile file = files.Create(path);
        try
        {
            Span<byte> header = stackalloc byte[FileHeader.Size];
            new FileHeader(magic, version, nodeId).Write(header);
            file.Write(header, 0);
            file.Flush();
            files.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return new RecordFile(file, new FrameFormat(nodeId), 0, 0);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file, or makes it when there is none or it was never finished, and reads its records in order.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="magic">What the file is (see <see cref="FileHeader.MagicOf"/>).</param>
    /// <param name="version">The format version of its records.</param>
    /// <param name="nodeId">The node whose file it is.</param>
    /// <param name="read">Gets each record; it stays as it is during the call.</param>
    /// <exception cref="UnknownFormatException">The file is of another kind, version or node, or its header is damaged.</exception>
    /// <exception cref="IOException">The file can't be read, or a torn tail can't be cut.</exception>
    public static RecordFile Open(
        IFileSystem files, string path, uint magic, uint version, ulong nodeId, Action<ReadOnlyMemory<byte>> read)
    {
        if (!files.Exists(path) || !HasHeader(files, path, magic, version, nodeId))
        {
            return Create(files, path, magic, version, nodeId);
        }

        FrameFormat format = new(nodeId);
        long damagedBytes = 0;
        long end;
        IFile old = files.Open(path, FileAccess.Read);
        using (FrameReader frames = new(old, format, FileHeader.Size, (0, long.MaxValue), (from, to) => damagedBytes += to - from))
        {
            while (frames.TryRead(out ReadOnlyMemory<byte> record))
            {
                read(record);
            }

            end = frames.Position;
            if (frames.Fault is { } fault)
            {
                // What the disk hides for now must not be cut off as torn.
                throw new IOException($"{path} can't be read.", fault);
            }
        }

        IFile file = files.Open(path, FileAccess.ReadWrite);
        if (file.Length > FileHeader.Size + end)
        {
            Cut(file, end);
        }

        return new RecordFile(file, format, end, damagedBytes);
    }

    /// <summary>Appends one record. It is durable after the next <see cref="Flush"/>.</summary>
    /// <exception cref="IOException">The record could not be written, or an earlier call failed.</exception>
    public void Append(ReadOnlySpan<byte> record)
    {
        ThrowIfFailed();
        ArgumentOutOfRangeException.ThrowIfZero(record.Length, nameof(record));
        int length = FrameFormat.HeaderSize + record.Length;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Memory<byte> payload = buffer.AsMemory(FrameFormat.HeaderSize, record.Length);
            record.CopyTo(payload.Span);
            _format.Write(buffer, End, new LogEntry(ReadOnlyMemory<byte>.Empty, payload, Crc32C.Of(record)));
            _failed = true;
            _file.Write(buffer.AsSpan(0, length), FileHeader.Size + End);
            _failed = false;
            End += length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Returns when all appended records are durable.</summary>
    /// <exception cref="IOException">They may not be, or an earlier call failed.</exception>
    public void Flush()
    {
        ThrowIfFailed();
        _failed = true;
        _file.Flush();
        _failed = false;
    }

    public void Dispose() => _file.Dispose();

    private static bool HasHeader(IFileSystem files, string path, uint magic, uint version, ulong nodeId)
    {
        Span<byte> bytes = stackalloc byte[FileHeader.Size];
        using IFile file = files.Open(path, FileAccess.Read);
        int read = file.Read(bytes, 0);
        if (FileHeader.TryRead(bytes[..read], out FileHeader header))
        {
            header.Require(path, magic, version, nodeId);
            return true;
        }

        // A header is flushed before the first record, so a file with more than a torn one was damaged later.
        return file.Length <= FileHeader.Size ? false : throw new UnknownFormatException(path, "has a damaged header.");
    }

    private static void Cut(IFile file, long end)
    {
        try
        {
            file.SetLength(FileHeader.Size + end);
            file.Flush();
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void ThrowIfFailed()
    {
        if (_failed)
        {
            throw new IOException($"{_file.Path} is not written to any more since a write or flush of it failed.");
        }
    }
}
