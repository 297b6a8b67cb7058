using System.Collections.Immutable;
using System.Globalization;
using TimeSeries.Core.Files;

namespace TimeSeries.Core.Log;

/// <summary>What is found in a log's directory when it is opened.</summary>
internal static class LogRecovery
{
    /// <summary>The segments in order, after each one's header was read: an unknown one is refused, a torn one is not.</summary>
    /// <exception cref="UnknownFormatException">A segment is of another format version or another node.</exception>
    public static ImmutableArray<LogSegment> FindSegments(IFileSystem files, string directory, ulong nodeId, CoreInstruments instruments)
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
            // The newest one is looked at with its records.
            if (!HeaderIsWhole(files, segments[i], nodeId) && i < segments.Count - 1)
            {
                ReportHeader(segments[i], instruments);
            }
        }

        return segments.ToImmutable();
    }

    /// <summary>
    /// Where the newest segment ends: behind its last whole record, or behind what must have been one. A group is written when the one before it is durable,
    /// so a frame that follows broken ones shows that those were acknowledged, unless all are of the last group. What can't be read may hold records too. What
    /// is read is made durable, since the process that wrote it may have ended before its flush, or after one that failed; a reserve behind it is given back.
    /// </summary>
    /// <param name="files">The disk.</param>
    /// <param name="newest">The segment.</param>
    /// <param name="nodeId">The node whose log it is.</param>
    /// <param name="noted">Through here the log is known to be durable.</param>
    /// <param name="instruments">
    /// Told when the segment's header is damaged. One that was torn by the end of the process that made it has no records.
    /// </param>
    /// <exception cref="IOException">The segment can't be opened or flushed.</exception>
    public static long FindEnd(IFileSystem files, LogSegment newest, ulong nodeId, long noted, CoreInstruments instruments)
    {
        long end;
        bool reserveOnly;
        using (FrameReader frames = new(
            files.Open(newest.Path, FileAccess.Read), new FrameFormat(nodeId), FileHeader.Size - newest.Start, (newest.Start, long.MaxValue), (_, _) => { }))
        {
            while (frames.TryRead(out _))
            {
            }

            end = Math.Max(frames.BrokenEnd ?? frames.Position, frames.UnreadableEnd);
            reserveOnly = frames.Limit > end && frames.EndsInZeros() && frames.Fault is null;
        }

        if (end > newest.Start && !HeaderIsWhole(files, newest, nodeId))
        {
            ReportHeader(newest, instruments);
        }

        using IFile file = files.Open(newest.Path, FileAccess.ReadWrite);
        if (reserveOnly)
        {
            GiveBack(file, FileHeader.Size + end - newest.Start);
        }

        if (end > noted)
        {
            file.WriteAgain(FileHeader.Size + end - newest.Start);
        }

        file.Flush();
        files.FlushDirectory(Path.GetDirectoryName(newest.Path)!);
        return end;
    }

    /// <summary>Reports that a log has no segment though it had some.</summary>
    public static void ReportMissing(string directory, long stored, NotedEnd noted, CoreInstruments instruments)
    {
        instruments.LogDamages.Add(1);
        string loss = noted.Position > stored
            ? string.Create(CultureInfo.InvariantCulture, $"Positions {stored} to {noted.Position} at least are lost.")
            : string.Create(CultureInfo.InvariantCulture, $"The store has the samples through position {stored}. What came later is lost, if there was any.");
        instruments.Damage.Report(
            new FoundDamage(StoredFile.Wal, directory, 0, "the WAL has no segment any more", loss + " Idempotency keys in it are forgotten."));
    }

    private static void ReportHeader(LogSegment segment, CoreInstruments instruments)
    {
        instruments.LogDamages.Add(1);
        instruments.Damage.Report(new FoundDamage(
            StoredFile.Wal, segment.Path, 0, "its header can't be read", "Nothing is lost by that: the records behind it are read."));
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
