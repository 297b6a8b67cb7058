using System.Globalization;
using System.Runtime.InteropServices;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Hosts;

namespace TimeSeries.Benchmarks.Compare;

/// <summary>What a reader must know of the machine to judge numbers, and of the version to get them again.</summary>
internal static class MachineFacts
{
    private const double Gigabyte = 1e9;

    /// <summary>The facts as of now.</summary>
    /// <param name="folder">Where the data lies: its disk is described.</param>
    /// <param name="clock">Says when.</param>
    public static IReadOnlyList<Fact> Read(string folder, TimeProvider clock)
    {
        DriveInfo drive = new(folder);
        (string device, string mount) = MountOf(folder);
        return
        [
            new("time", clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
            new("processor", Invariant($"{Line("/proc/cpuinfo", "model name")}, {Environment.ProcessorCount} cores, shared by server and client")),
            new("memory", Invariant($"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Gigabyte:F1} GB")),
            new("disk", string.Create(CultureInfo.InvariantCulture, $"{device} ({drive.DriveFormat}) at {mount}, "
                + $"{drive.AvailableFreeSpace / Gigabyte:F0} of {drive.TotalSize / Gigabyte:F0} GB free{Rotation(device)}")),
            new("kernel", $"{FirstLine("/proc/sys/kernel/osrelease")}, {RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}"),
            new("runtime", RuntimeInformation.FrameworkDescription),
            new("load average at the start", string.Join(' ', FirstLine("/proc/loadavg").Split(' ').Take(3))),
            new("commit", Commit()),
        ];
    }

    private static string Commit()
    {
        // The program lies in the tree that it was built from.
        string? commit = ProcessRunner.Run("git", ["rev-parse", "HEAD"], AppContext.BaseDirectory)?.Trim();
        string? changes = ProcessRunner.Run("git", ["status", "--porcelain", "--untracked-files=no"], AppContext.BaseDirectory)?.Trim();
        return commit is null ? "unknown" : string.IsNullOrEmpty(changes) ? commit : commit + ", with changes that are not committed";
    }

    // The mount whose folder is the longest start of the path (proc_pid_mounts(5)).
    private static (string Device, string Mount) MountOf(string folder) => !File.Exists("/proc/mounts") ? ("unknown device", "")
        : File.ReadLines("/proc/mounts").Select(line => line.Split(' ')).Where(parts => folder.StartsWith(parts[1], StringComparison.Ordinal))
            .Select(parts => (parts[0], parts[1])).MaxBy(mount => mount.Item2.Length);

    private static string Rotation(string device)
    {
        string path = $"/sys/block/{Path.GetFileName(device)}/queue/rotational";
        return File.Exists(path) ? FirstLine(path) == "0" ? ", not rotational" : ", rotational" : "";
    }

    private static string FirstLine(string path) => File.Exists(path) ? File.ReadLines(path).FirstOrDefault()?.Trim() ?? "unknown" : "unknown";

    private static string Line(string path, string name) => !File.Exists(path) ? "unknown"
        : File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
