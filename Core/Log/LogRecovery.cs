using System.Collections.Immutable;
using TimeSeries.Core.Files;

namespace TimeSeries.Core.Log;

/// <summary>What is found in a log's directory when it is opened.</summary>
internal static class LogRecovery
{
    /// <summary>The segments in order, after each one's header was read: an unknown one is refused, a torn one is not.</summary>
    /// <exception cref="UnknownFormatException">A segment is of another format version or another node.</exception>
    public static ImmutableArray<LogSegment> FindSegments(IFileSystem files, string directory, ulong nodeId, Action<LogDamage> damaged)
    {
        ImmutableArray<LogSegment>.Builder segments = ImmutableArray.CreateBuilder<LogSegment>();
        foreach (string path in files.List(directory))
        {
            if (LogSegment.Parse(path) is { } segment)
            {
                segments.Add(segment);
            }
        }

        for (int i = 0; i < segments.Count; i++)
        {
            // The newest segment's header may be torn by the end of the process that made it; nothing was acknowledged from it then.
            bool whole = HeaderIsWhole(files, segments[i], nodeId);
            if (!whole && i < segments.Count - 1)
            {
                damaged(new LogDamage(segments[i].Path, 0, new(segments[i].Start), new(segments[i].Start)));
            }
        }

        return segments.ToImmutable();
    }

    /// <summary>
    /// Where the last whole record of the newest segment ends. What is read is made durable, since the process that wrote it may have ended
    /// before its flush; a reserve behind it is given back.
    /// </summary>
    /// <exception cref="IOException">The segment can't be opened or flushed.</exception>
    public static long FindEnd(IFileSystem files, LogSegment newest, ulong nodeId)
    {
        long end;
        bool reserveOnly;
        using (FrameReader frames = new(
            files.Open(newest.Path, FileAccess.Read), new FrameFormat(nodeId), FileHeader.Size - newest.Start, (newest.Start, long.MaxValue), (_, _) => { }))
        {
            while (frames.TryRead(out _))
            {
            }

            end = frames.Position;
            reserveOnly = frames.Limit > end && frames.EndsInZeros() && frames.Fault is null;
        }

        using IFile file = files.Open(newest.Path, FileAccess.ReadWrite);
        if (reserveOnly)
        {
            GiveBack(file, FileHeader.Size + end - newest.Start);
        }

        file.Flush();
        files.FlushDirectory(Path.GetDirectoryName(newest.Path)!);
        return end;
    }

    private static bool HeaderIsWhole(IFileSystem files, LogSegment segment, ulong nodeId)
    {
        Span<byte> bytes = stackalloc byte[FileHeader.Size];
        int read;
        using IFile file = files.Open(segment.Path, FileAccess.Read);
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

        header.Require(segment.Path, LogSegment.Magic, LogSegment.Version, nodeId);
        return header.Own == (ulong)segment.Start;
    }

    private static void GiveBack(IFile file, long length)
    {
        try
        {
            file.SetLength(length);
        }
        catch (IOException)
        {
            // It costs room until the segment is deleted, nothing else.
        }
    }
}
