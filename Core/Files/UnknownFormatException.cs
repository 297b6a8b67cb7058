namespace TimeSeries.Core.Files;

/// <summary>
/// A file is whole but not for this program: another format version, another node's, or not of the kind it should be. It is left as it is.
/// </summary>
public sealed class UnknownFormatException : IOException
{
    public UnknownFormatException()
    {
    }

    public UnknownFormatException(string message)
        : base(message)
    {
    }

    public UnknownFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public UnknownFormatException(string path, string reason)
        : base($"{path}: {reason}") => Path = path;

    /// <summary>The file that is refused.</summary>
    public string Path { get; } = "";
}
