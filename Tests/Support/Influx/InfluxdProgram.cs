using System.Diagnostics;
using System.Text;

namespace TimeSeries.Tests.Support.Influx;

/// <summary>
/// Finds the program influxd: the file that the variable <c>INFLUXD</c> names, the one on the PATH, or the one in the Debian package <c>influxdb</c>, which is
/// downloaded and unpacked (not installed) into a cache folder. Looked for once a test run; several runs at once share one download.
/// </summary>
internal static class InfluxdProgram
{
    private const string PackageName = "influxdb";

    // A download of 5 MB, and the package lists before it where they are missing.
    private static readonly TimeSpan _downloadTimeout = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan _lockPeriod = TimeSpan.FromMilliseconds(100);

    private static readonly Lazy<Task<(string? Path, string Reason)>> _found = new(FindAsync);

    /// <summary>The program's path, or null with the reason why there is none.</summary>
    public static Task<(string? Path, string Reason)> Find() => _found.Value;

    private static async Task<(string? Path, string Reason)> FindAsync()
    {
        if (Environment.GetEnvironmentVariable("INFLUXD") is { Length: > 0 } named)
        {
            return File.Exists(named) ? (named, "") : (null, $"INFLUXD names {named}, which is not there.");
        }

        string? onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, "influxd")).FirstOrDefault(File.Exists);
        return onPath is not null ? (onPath, "") : await FromPackageAsync();
    }

    private static async Task<(string? Path, string Reason)> FromPackageAsync()
    {
        string cache = Path.Combine(CacheFolder(), "timeseries-tests", "influxd");
        string unpacked = Path.Combine(cache, "package");
        string program = Path.Combine(unpacked, "usr", "bin", "influxd");
        if (!OperatingSystem.IsLinux())
        {
            return (null, "There is no influxd: set INFLUXD to one (1.6 to 1.8).");
        }

        Directory.CreateDirectory(cache);
        using FileStream held = await LockAsync(Path.Combine(cache, "lock"));
        if (File.Exists(program))
        {
            return (program, "");
        }

        string reason = await DownloadAsync(cache, unpacked);
        return File.Exists(program) ? (program, "")
            : (null, $"There is no influxd and its Debian package can't be had: {reason} Set INFLUXD to one (1.6 to 1.8).");
    }

    // XDG_CACHE_HOME or ~/.cache, as is the custom.
    private static string CacheFolder() => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
        ? cache
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");

    // Unpacks beside and renames, so that what stands at the path is whole.
    private static async Task<string> DownloadAsync(string cache, string unpacked)
    {
        string work = Directory.CreateDirectory(Path.Combine(cache, $"work-{Environment.ProcessId}")).FullName;
        try
        {
            string error = await RunAsync(work, "apt-get", "download", "-q", PackageName);
            if (error.Length > 0)
            {
                await RunAsync(work, "apt-get", "update", "-q");
                error = await RunAsync(work, "apt-get", "download", "-q", PackageName);
            }

            if (Directory.EnumerateFiles(work, "*.deb").FirstOrDefault() is not { } package)
            {
                return error;
            }

            string target = Path.Combine(work, "root");
            error = await RunAsync(work, "dpkg-deb", "-x", package, target);
            if (error.Length == 0)
            {
                Directory.Move(target, unpacked);
            }

            return error;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    // What the program wrote when it failed; empty when it did not.
    private static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        using CancellationTokenSource timeout = new(_downloadTimeout);
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            StringBuilder errors = new(await process.StandardError.ReadToEndAsync(timeout.Token));
            errors.Append(await output);
            await process.WaitForExitAsync(timeout.Token);
            return process.ExitCode == 0 ? "" : $"{program} {arguments[0]} failed: {errors.ToString().Trim()}";
        }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or OperationCanceledException)
        {
            return $"{program} can't be run: {fault.Message}";
        }
    }

    // The operating system's lock on an open file: released with the process, whatever becomes of it.
    private static async Task<FileStream> LockAsync(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(_lockPeriod);
            }
        }
    }
}
