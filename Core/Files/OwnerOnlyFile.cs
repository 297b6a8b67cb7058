namespace TimeSeries.Core.Files;

/// <summary>Makes files that only their owner may read.</summary>
public static class OwnerOnlyFile
{
    /// <summary>
    /// Makes an empty file, mode 0600, to be filled through the file system. Empty first, since a file that anyone may open, even for a moment,
    /// stays readable to whoever did. A disk of a test has no modes and no folder: then nothing is done.
    /// </summary>
    public static void Make(string path)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            return;
        }

        FileStreamOptions ownerOnly = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            ownerOnly.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        new FileStream(path, ownerOnly).Dispose();
    }
}
