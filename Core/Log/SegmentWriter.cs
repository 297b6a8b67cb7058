using TimeSeries.Core.Files;

namespace TimeSeries.Core.Log;

/// <summary>The segment that is appended to. After a fault it is cut and never appended to again. Used by one thread at a time.</summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly IFile _file;

    private SegmentWriter(IFile file, LogSegment segment)
    {
        _file = file;
        Segment = segment;
        End = segment.Start;
    }

    public LogSegment Segment { get; }

    /// <summary>Through here the segment is durable.</summary>
    public long End { get; private set; }

    /// <summary>Makes the segment's file, empty and durable by name. A file of that name holds nothing that was acknowledged.</summary>
    public static SegmentWriter Create(IFileSystem files, string directory, ulong nodeId, LogSegment segment, long reserveBytes)
    {
        IFile file = files.Create(segment.Path, reserveBytes);
        try
        {
            Span<byte> header = stackalloc byte[FileHeader.Size];
            new FileHeader(LogSegment.Magic, LogSegment.Version, nodeId, (ulong)segment.Start).Write(header);
            file.Write(header, 0);
            file.Flush();
            files.FlushDirectory(directory);
            return new SegmentWriter(file, segment);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes frames that are <paramref name="bytes"/> long together and flushes them: one call each.</summary>
    public void Append(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long bytes)
    {
        _file.Write(buffers, FileHeader.Size + End - Segment.Start);
        _file.Flush();
        End += bytes;
    }

    /// <summary>Takes back what was written behind the durable end, durably; false when the disk does not even do that.</summary>
    public bool TryCut()
    {
        try
        {
            _file.SetLength(FileHeader.Size + End - Segment.Start);
            _file.Flush();
            return true;
        }
        catch (IOException)
        {
            // The caller fences what stands there with the next segment, whose name says where this one ends.
            return false;
        }
    }

    /// <summary>Gives the reserve back that was not needed.</summary>
    public void Finish()
    {
        try
        {
            _file.SetLength(FileHeader.Size + End - Segment.Start);
        }
        catch (IOException)
        {
            // Zeros behind the last record are read as the end, so this costs room only.
        }
    }

    public void Dispose() => _file.Dispose();
}
