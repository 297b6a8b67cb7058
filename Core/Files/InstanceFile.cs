namespace TimeSeries.Core.Files;

/// <summary>
/// The file <c>instance</c> of a data directory: two headers whose own numbers are the ids of the process that has written for the node last, and of the one
/// before it, which counts when the last one never got so far. A copy of the directory has a copy of it.
/// </summary>
internal static class InstanceFile
{
    private const uint Version = 1;
    private const string Name = "instance";

    private static uint Magic => FileHeader.MagicOf("TSIN"u8);

    public static string PathIn(string directory) => Path.Combine(directory, Name);

    /// <summary>Reads the ids; zeros when there is no file; null when it is damaged.</summary>
    /// <exception cref="UnknownFormatException">It is of another version or node.</exception>
    public static (ulong Last, ulong Before)? Read(IFileSystem files, string directory, ulong nodeId)
    {
        string path = PathIn(directory);
        if (!files.Exists(path))
        {
            return (0, 0);
        }

        using IFile file = files.Open(path, FileAccess.Read);
        byte[] bytes = new byte[2 * FileHeader.Size];
        int length = file.Read(bytes, 0);
        if (length < bytes.Length || !FileHeader.TryRead(bytes, out FileHeader last)
            || !FileHeader.TryRead(bytes.AsSpan(FileHeader.Size), out FileHeader before))
        {
            return null;
        }

        last.Require(path, Magic, Version, nodeId);
        return (last.Own, before.Own);
    }

    /// <summary>Replaces the file in one step; it is on stable storage when this returns.</summary>
    /// <exception cref="IOException">It can't be written; the old one stays.</exception>
    public static void Write(IFileSystem files, string directory, ulong nodeId, ulong last, ulong before)
    {
        byte[] bytes = new byte[2 * FileHeader.Size];
        new FileHeader(Magic, Version, nodeId, last).Write(bytes);
        new FileHeader(Magic, Version, nodeId, before).Write(bytes.AsSpan(FileHeader.Size));
        files.Replace(PathIn(directory), bytes);
    }
}
