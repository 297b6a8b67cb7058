using System.Globalization;

namespace TimeSeries.Core.Log;

/// <summary>
/// One file of the log, named by the position at which it starts. It holds the log up to where the next one starts. What follows in it
/// was never acknowledged.
/// </summary>
internal readonly record struct LogSegment(string Path, long Start)
{
    public const uint Version = 1;

    private const string Extension = ".log";
    private const string NameFormat = "D20";

    public static uint Magic => Files.FileHeader.MagicOf("TSLG"u8);

    public static LogSegment At(string directory, long start) =>
        new(System.IO.Path.Combine(directory, start.ToString(NameFormat, CultureInfo.InvariantCulture) + Extension), start);

    /// <summary>The segment of that path; null when the file's name is no segment's.</summary>
    public static LogSegment? Parse(string path)
    {
        string name = System.IO.Path.GetFileNameWithoutExtension(path);
        return System.IO.Path.GetExtension(path) == Extension && name.Length == 20
            && long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long start)
            ? new LogSegment(path, start)
            : null;
    }
}
