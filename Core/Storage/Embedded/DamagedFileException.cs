using System.Globalization;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>A file of the store can't be used: a checksum is wrong, it is cut short, of an unknown version or of another node.</summary>
public sealed class DamagedFileException : IOException
{
    public DamagedFileException(string path, long offset, string reason, Exception? inner = null)
        : base(string.Create(CultureInfo.InvariantCulture, $"{path} at offset {offset}: {reason}"), inner)
    {
        Path = path;
        Offset = offset;
        Reason = reason;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Where in the file, in bytes.</summary>
    public long Offset { get; }

    /// <summary>What is wrong, as a clause.</summary>
    public string Reason { get; }
}
