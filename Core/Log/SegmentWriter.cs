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

    /// <summary>
    /// Begins a segment in a file that has its name: its header is written, and its name made durable. What the file has was never acknowledged, or is
    /// forgotten.
    /// </summary>
    /// <param name="file">The segment's file, the writer's from now on.</param>
    /// <param name="files">The disk.</param>
    /// <param name="directory">Where the file is.</param>
    /// <param name="nodeId">The node whose log this is.</param>
    /// <param name="segment">Its name and start.</param>
    /// <exception cref="IOException">The disk failed; the file is closed.</exception>
    public static SegmentWriter Begin(IFile file, IFileSystem files, string directory, ulong nodeId, LogSegment segment)
    {
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
        _file.Append(buffers, FileHeader.Size + End - Segment.Start);
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
            // The caller fences those bytes off with the next segment, whose name says where this one ends.
            return false;
        }
    }

    /// <summary>Gives the room back that was not needed.</summary>
    public void GiveBack()
    {
        try
        {
            _file.SetLength(FileHeader.Size + End - Segment.Start);
        }
        catch (IOException)
        {
            // What follows the last record is not read, so this costs room only.
        }
    }

    public void Dispose() => _file.Dispose();
}
