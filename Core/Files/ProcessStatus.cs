using System.Globalization;

namespace TimeSeries.Core.Files;

/// <summary>What the system says of this process (proc_pid_status(5)).</summary>
/// <param name="ResidentBytes">Memory in RAM (VmRSS).</param>
/// <param name="FileBytes">The part of it that files back (RssFile).</param>
/// <param name="ThreadCount">Threads.</param>
public readonly record struct ProcessStatus(long ResidentBytes, long FileBytes, int ThreadCount)
{
    private const string StatusPath = "/proc/self/status";
    private const long KibiByte = 1_024;

    /// <summary>The present status; null where the system has no such file.</summary>
    public static ProcessStatus? Read()
    {
        if (!File.Exists(StatusPath))
        {
            return null;
        }

        string[] lines = File.ReadAllLines(StatusPath);
        return new ProcessStatus(Number(lines, "VmRSS:") * KibiByte, Number(lines, "RssFile:") * KibiByte, (int)Number(lines, "Threads:"));
    }

    private static long Number(string[] lines, string name)
    {
        string? line = Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[name.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
