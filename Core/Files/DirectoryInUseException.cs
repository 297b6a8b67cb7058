namespace TimeSeries.Core.Files;

/// <summary>Another process owns the data directory.</summary>
public sealed class DirectoryInUseException : IOException
{
    public DirectoryInUseException()
    {
    }

    public DirectoryInUseException(string path)
        : base($"The data directory {path} is in use by another process. Stop that process, or set Storage:Directory to another directory.") => Path = path;

    public DirectoryInUseException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The directory.</summary>
    public string Path { get; } = "";
}
