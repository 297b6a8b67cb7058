using System.Globalization;

namespace TimeSeries.Hosting.Running;

/// <summary>
/// How many connections a process can take without running out of file descriptors: without one the runtime ends the process, and the store can't open its files.
/// </summary>
internal static class DescriptorLimit
{
    /// <summary>A host can't start with fewer.</summary>
    public const long Least = 384;

    // The runtime, its libraries and the log take some 270 (measured at rest); the store opens a file for each block that is queried.
    private const long Reserve = 320;
    private const int SharePerBlockFiles = 8;
    private const long MostForFiles = 8_192;
    private const string Path = "/proc/self/limits";
    private const string Name = "Max open files";

    /// <summary>The limit of this process; null where there is none, or the system does not tell.</summary>
    /// <exception cref="StartRefusedException">It is too low.</exception>
    public static long? Current()
    {
        long? limit = File.Exists(Path) ? Read(File.ReadAllText(Path)) : null;
        return limit is null or >= Least ? limit
            : throw new StartRefusedException(string.Create(
                CultureInfo.InvariantCulture, $"The process may open {limit} files, and needs {Least} at least: raise the limit (ulimit -n, LimitNOFILE=)."));
    }

    /// <summary>The soft limit, which the runtime has raised to the hard one, in the text that Linux gives.</summary>
    public static long? Read(string limits)
    {
        string? line = limits.Split('\n').FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        string? soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : null;
    }

    /// <summary>The connections that leave enough for files.</summary>
    public static long Connections(long limit) => limit - Reserve - Math.Min(limit / SharePerBlockFiles, MostForFiles);
}
