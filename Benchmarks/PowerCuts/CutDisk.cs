using TimeSeries.Core.Files;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Benchmarks.PowerCuts;

/// <summary>
/// What a disk may hold when the power goes after some calls: what was flushed, and of the rest any part. Names are durable after a flush of their directory,
/// contents after one of the file; directories themselves always are. Writes survive whole, in part, up to a sector, or not at all, each by itself.
/// </summary>
internal static class CutDisk
{
    private const int SectorBytes = 512;
    private const int PageBytes = 4_096;

    /// <summary>Makes the calls on a disk in memory.</summary>
    public static FaultyFileSystem After(IEnumerable<TracedCall> calls)
    {
        FaultyFileSystem disk = new();
        foreach (TracedCall call in calls)
        {
            Apply(disk, call);
        }

        return disk;
    }

    /// <summary>Cuts its power.</summary>
    public static FaultyFileSystem Cut(FaultyFileSystem disk, Random random) => disk.PowerCut(change => random.Next(5) switch
    {
        0 => 0,
        1 => change.Length,
        2 => random.Next(change.Length + 1),
        3 => random.Next(change.Length + 1) / SectorBytes * SectorBytes,
        _ => random.Next(change.Length + 1) / PageBytes * PageBytes,
    });

    /// <summary>Writes what a disk holds below a folder into another one.</summary>
    public static void CopyTo(FaultyFileSystem disk, string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in disk.List(from))
        {
            File.WriteAllBytes(Path.Combine(to, Path.GetFileName(file)), disk.Bytes(file));
        }

        foreach (string folder in disk.Folders(from))
        {
            CopyTo(disk, folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }

    private static void Apply(FaultyFileSystem disk, TracedCall call)
    {
        switch (call.Kind)
        {
            case CallKind.Make or CallKind.MakeEmpty:
                if (call.Kind == CallKind.MakeEmpty || !disk.Exists(call.Path))
                {
                    disk.Create(call.Path).Dispose();
                }

                break;
            case CallKind.Write:
                using (IFile file = disk.Open(call.Path, FileAccess.Write))
                {
                    file.Write(call.Bytes, call.Offset);
                }

                break;
            case CallKind.SetLength:
                SetLength(disk, call, onlyGrow: false);
                break;
            case CallKind.Reserve:
                SetLength(disk, call, onlyGrow: true);
                break;
            case CallKind.Flush when disk.Exists(call.Path):
                using (IFile file = disk.Open(call.Path, FileAccess.Write))
                {
                    file.Flush();
                }

                break;
            case CallKind.Flush:
                disk.FlushDirectory(call.Path);
                break;
            case CallKind.Move:
                disk.Move(call.Path, call.To);
                break;
            case CallKind.Delete:
                disk.Delete(call.Path);
                break;
        }
    }

    private static void SetLength(FaultyFileSystem disk, TracedCall call, bool onlyGrow)
    {
        using IFile file = disk.Open(call.Path, FileAccess.Write);
        if (!onlyGrow || call.Offset > file.Length)
        {
            file.SetLength(call.Offset);
        }
    }
}
