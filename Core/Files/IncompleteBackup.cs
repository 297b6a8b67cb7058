namespace TimeSeries.Core.Files;

/// <summary>
/// The file <c>backup.incomplete</c>: it is in a directory before the first file of a backup, and gone when all are there and durable. No process takes a
/// directory that has it.
/// </summary>
public static class IncompleteBackup
{
    /// <summary>The list of a complete backup's files, which stays in its directory.</summary>
    public const string ListName = "backup.json";

    private const string Name = "backup.incomplete";

    private static ReadOnlySpan<byte> Sentence => "A backup is being written here, or ended before it was complete.\n"u8;

    public static string PathIn(string directory) => Path.Combine(directory, Name);

    /// <summary>Marks a directory, which is there. The mark is durable when this returns.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public static void Set(IFileSystem files, string directory)
    {
        files.Replace(PathIn(directory), Sentence);
        if (Path.GetDirectoryName(directory) is { Length: > 0 } parent)
        {
            files.FlushDirectory(parent);
        }
    }

    /// <summary>Takes the mark away, durably: everything else is durable already.</summary>
    /// <exception cref="IOException">It may still be there.</exception>
    public static void Remove(IFileSystem files, string directory)
    {
        files.Delete(PathIn(directory));
        files.FlushDirectory(directory);
    }
}

/// <summary>A directory holds a backup that did not complete.</summary>
public sealed class IncompleteBackupException : IOException
{
    public IncompleteBackupException()
    {
    }

    public IncompleteBackupException(string path)
        : base($"{path} holds a backup that did not complete: some of its files are missing or cut. Delete it and make the backup again.") => Path = path;

    public IncompleteBackupException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The directory.</summary>
    public string Path { get; } = "";
}
