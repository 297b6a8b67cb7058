using System.Globalization;

namespace TimeSeries.Core.Files;

/// <summary>How many files and connections this process may have open.</summary>
public static class OpenFileLimit
{
    private const string Path = "/proc/self/limits";
    private const string Name = "Max open files";
    private const string OpenPath = "/proc/self/fd";

    /// <summary>The limit; null where there is none, or the system does not tell.</summary>
    public static long? Current() => File.Exists(Path) ? Read(File.ReadAllText(Path)) : null;

    /// <summary>How many are open now; 0 where the system does not tell.</summary>
    public static int CountOpen() => Directory.Exists(OpenPath) ? Directory.GetFileSystemEntries(OpenPath).Length : 0;

    /// <summary>The soft limit, which the runtime has raised to the hard one, in the text that Linux gives.</summary>
    public static long? Read(string limits)
    {
        string? line = limits.Split('\n').FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        string? soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : null;
    }
}
