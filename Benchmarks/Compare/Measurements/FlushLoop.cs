using System.Security.Cryptography;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Core.Files;

namespace TimeSeries.Benchmarks.Compare.Measurements;

/// <summary>
/// What the disk takes by itself: appends of one size to a file of reserved room, as the log has, each made durable (fdatasync) before the next.
/// </summary>
internal static class FlushLoop
{
    private const long ReservedBytes = 64 << 20;

    /// <summary>Appends for so long, and adds each time.</summary>
    public static void Run(string folder, int bytes, TimeSpan length, LatencyHistogram latencies, TimeProvider clock)
    {
        string path = Path.Combine(folder, "flush-loop");
        byte[] written = RandomNumberGenerator.GetBytes(bytes);
        DiskFileSystem files = new();
        using (IFile file = files.Create(path, ReservedBytes))
        {
            file.Flush();
            long began = clock.GetTimestamp();
            for (long offset = 0; clock.GetElapsedTime(began) < length; offset = (offset + bytes) % (ReservedBytes - bytes))
            {
                long start = clock.GetTimestamp();
                file.Write(written, offset);
                file.Flush();
                latencies.Record(clock.GetElapsedTime(start));
            }
        }

        files.Delete(path);
    }
}
