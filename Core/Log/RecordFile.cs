using System.Buffers;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;

namespace TimeSeries.Core.Log;

/// <summary>
/// A small file of records, framed like the log: appended to by the process that made it, and read whole by later ones. After a fault the file is not
/// written to any more. Used by one thread at a time.
/// </summary>
public sealed class RecordFile : IDisposable
{
    private readonly IFile _file;
    private readonly FrameFormat _format;
    private bool _failed;

    private RecordFile(IFile file, FrameFormat format)
    {
        _file = file;
        _format = format;
    }

    /// <summary>Bytes of all records with their frames; the file's own header not counted.</summary>
    public long End { get; private set; }

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
            return new RecordFile(file, new FrameFormat(nodeId));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads the records of a file in order, past what is damaged. What the end of a process tore off is no damage: a last frame of which the file has only
    /// a part, or zeros.
    /// </summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="magic">What the file is (see <see cref="FileHeader.MagicOf"/>).</param>
    /// <param name="version">The format version of its records.</param>
    /// <param name="nodeId">The node whose file it is.</param>
    /// <param name="read">Gets each record; it stays as it is during the call.</param>
    /// <returns>The stretches that can't be read; the first one is the header where that is damaged.</returns>
    /// <exception cref="UnknownFormatException">The file is of another kind, version or node.</exception>
    /// <exception cref="IOException">The file can't be opened.</exception>
    public static IReadOnlyList<FileStretch> Read(
        IFileSystem files, string path, uint magic, uint version, ulong nodeId, Action<ReadOnlyMemory<byte>> read)
    {
        List<FileStretch> damage = [];
        IFile file = files.Open(path, FileAccess.Read);
        using FrameReader frames = new(file, new FrameFormat(nodeId), FileHeader.Size, (0, long.MaxValue),
            (from, to) => damage.Add(new FileStretch(FileHeader.Size + from, to - from)));
        if (!HasHeader(file, magic, version, nodeId))
        {
            // A header is flushed before the first record, so a file that has no more was never finished.
            if (frames.Limit == 0)
            {
                return damage;
            }

            damage.Add(new FileStretch(0, FileHeader.Size));
        }

        while (frames.TryRead(out ReadOnlyMemory<byte> record))
        {
            read(record);
        }

        if (frames.Fault is not null || !frames.EndsTorn())
        {
            damage.Add(new FileStretch(FileHeader.Size + frames.Position, frames.Limit - frames.Position));
        }

        return damage;
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

    private static bool HasHeader(IFile file, uint magic, uint version, ulong nodeId)
    {
        Span<byte> bytes = stackalloc byte[FileHeader.Size];
        int read;
        try
        {
            read = file.Read(bytes, 0);
        }
        catch (IOException)
        {
            // An unreadable header is a damaged one: the records behind it need it not.
            return false;
        }

        if (!FileHeader.TryRead(bytes[..read], out FileHeader header))
        {
            return false;
        }

        header.Require(file.Path, magic, version, nodeId);
        return true;
    }

    private void ThrowIfFailed()
    {
        if (_failed)
        {
            throw new IOException($"{_file.Path} is not written to any more since a write or flush of it failed.");
        }
    }
}

/// <summary>A stretch of a file, in bytes.</summary>
public readonly record struct FileStretch(long Offset, long Length);
