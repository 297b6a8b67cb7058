using System.Globalization;
using System.Runtime.InteropServices;
using TimeSeries.Benchmarks.Compare.Reports;

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
        return
        [
            new("time", clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
            new("processor", Invariant($"{Line("/proc/cpuinfo", "model name")}, {Environment.ProcessorCount} cores, shared by server and client")),
            new("memory", Invariant($"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Gigabyte:F1} GB")),
            new("disk", Invariant($"{drive.DriveFormat} at {drive.RootDirectory}, {drive.AvailableFreeSpace / Gigabyte:F0} GB free, {DeviceOf(drive)}")),
            new("kernel", $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}"),
            new("runtime", RuntimeInformation.FrameworkDescription),
            new("load average at the start", File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown"),
            new("commit", Commit()),
        ];
    }

    private static string Commit()
    {
        string? commit = Tool.Run("git", ["rev-parse", "HEAD"])?.Trim();
        string? changes = Tool.Run("git", ["status", "--porcelain", "--untracked-files=no"])?.Trim();
        return commit is null ? "unknown" : string.IsNullOrEmpty(changes) ? commit : commit + ", with changes that are not committed";
    }

    private static string DeviceOf(DriveInfo drive)
    {
        string? device = !File.Exists("/proc/mounts") ? null
            : File.ReadLines("/proc/mounts").Select(line => line.Split(' ')).LastOrDefault(parts => parts[1] == drive.RootDirectory.FullName.TrimEnd('/') || parts[1] == drive.Name)?[0];
        string name = Path.GetFileName(device ?? "");
        string rotational = $"/sys/block/{name}/queue/rotational";
        return device is null ? "device unknown" : File.Exists(rotational) ? $"{device} ({(File.ReadAllText(rotational).Trim() == "0" ? "not rotational" : "rotational")})" : device;
    }

    private static string Line(string path, string name) => !File.Exists(path) ? "unknown"
        : File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
