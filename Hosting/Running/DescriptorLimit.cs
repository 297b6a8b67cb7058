using System.Globalization;
using TimeSeries.Core.Files;

namespace TimeSeries.Hosting.Running;

/// <summary>
/// How many connections a process can take without running out of file descriptors: without one the runtime ends the process, and the store can't open its
/// files.
/// </summary>
public static class DescriptorLimit
{
    /// <summary>A host can't start with fewer.</summary>
    public const long Least = 384;

    // The runtime, its libraries and the log take some 270 (measured at rest); the store opens a file for each block that is queried.
    private const long Reserve = 320;
    private const int SharePerBlockFiles = 8;
    private const long MostForFiles = 8_192;

    /// <summary>Whether a host can start with the descriptors there are; if not, tells standard error why.</summary>
    /// <remarks>Programs ask first of all: with fewer than 200 the runtime can't even load what they are made of, and ends with a stack trace.</remarks>
    public static bool Suffices()
    {
        if (OpenFileLimit.Current() is not (< Least and var limit))
        {
            return true;
        }

        Console.Error.WriteLine(Sentence(limit));
        return false;
    }

    /// <summary>The connections that leave enough for files; null where there is no limit.</summary>
    /// <exception cref="StartRefusedException">The limit is too low.</exception>
    internal static long? Connections() => OpenFileLimit.Current() switch
    {
        null => null,
        < Least and var limit => throw new StartRefusedException(Sentence(limit)),
        { } limit => Connections(limit),
    };

    internal static long Connections(long limit) => limit - Reserve - Math.Min(limit / SharePerBlockFiles, MostForFiles);

    private static string Sentence(long limit) => string.Create(
        CultureInfo.InvariantCulture, $"The process may open {limit} files, and needs {Least} at least: raise the limit (ulimit -n, LimitNOFILE=).");
}
