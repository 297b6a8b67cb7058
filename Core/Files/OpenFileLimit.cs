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
    // Without LINQ: there may be no descriptor left to load it with.
    public static long? Read(string limits)
    {
        int start = limits.IndexOf(Name, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        ReadOnlySpan<char> soft = limits.AsSpan(start + Name.Length).TrimStart(' ');
        int end = soft.IndexOfAny(' ', '\n');
        return long.TryParse(end < 0 ? soft : soft[..end], NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : null;
    }
}
