namespace TimeSeries.Core.Files;

/// <summary>The disk has no room for what was to be written (or the quota is used up). What was written before the fault may stand in the file.</summary>
public sealed class DiskFullException : IOException
{
    public DiskFullException()
    {
    }

    public DiskFullException(string message)
        : base(message)
    {
    }

    public DiskFullException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public DiskFullException(string path, string message, Exception? innerException = null)
        : base(message, innerException) => Path = path;

    /// <summary>The file that was written to.</summary>
    public string Path { get; } = "";
}
