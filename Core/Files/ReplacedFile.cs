namespace TimeSeries.Core.Files;

/// <summary>Small files that are replaced as a whole.</summary>
public static class ReplacedFile
{
    /// <summary>
    /// Replaces a file in one step: whenever the process ends, the old file or the new one is there. It is on stable storage when this returns.
    /// </summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="bytes">What it holds from now on.</param>
    /// <param name="suffix">Behind the name of the new file until it has its place.</param>
    /// <exception cref="IOException">It can't be written; the old one stays.</exception>
    public static void Replace(this IFileSystem files, string path, ReadOnlySpan<byte> bytes, string suffix = ".new")
    {
        using (IFile file = files.Create(path + suffix))
        {
            file.Write(bytes, 0);
            file.Flush();
        }

        files.Move(path + suffix, path);
        files.FlushDirectory(Path.GetDirectoryName(path)!);
    }
}
