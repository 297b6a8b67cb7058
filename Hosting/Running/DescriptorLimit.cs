using System.Globalization;
using TimeSeries.Core.Files;

namespace TimeSeries.Hosting.Running;

/// <summary>
/// How many connections a process can take without running out of file descriptors: without one the runtime ends the process, and the store can't open its
/// files.
/// </summary>
internal static class DescriptorLimit
{
    /// <summary>A host can't start with fewer.</summary>
    public const long Least = 384;

    // The runtime, its libraries and the log take some 270 (measured at rest); the store opens a file for each block that is queried.
    private const long Reserve = 320;
    private const int SharePerBlockFiles = 8;
    private const long MostForFiles = 8_192;

    /// <summary>The connections that leave enough for files; null where there is no limit.</summary>
    /// <exception cref="StartRefusedException">The limit is too low.</exception>
    public static long? Connections() => OpenFileLimit.Current() switch
    {
        null => null,
        < Least and var limit => throw new StartRefusedException(string.Create(
            CultureInfo.InvariantCulture, $"The process may open {limit} files, and needs {Least} at least: raise the limit (ulimit -n, LimitNOFILE=).")),
        { } limit => Connections(limit),
    };

    public static long Connections(long limit) => limit - Reserve - Math.Min(limit / SharePerBlockFiles, MostForFiles);
}
