namespace TimeSeries.Core.Files;

/// <summary>Small files that are replaced as a whole.</summary>
public static class ReplacedFile
{
    private const string NewSuffix = ".new";

    /// <summary>
    /// Replaces a file in one step: whenever the process ends, the old file or the new one is there. It is on stable storage when this returns.
    /// </summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="bytes">What it holds from now on.</param>
    /// <param name="suffix">Behind the name of the new file until it has its place.</param>
    /// <exception cref="IOException">It can't be written; the old one stays.</exception>
    public static void Replace(this IFileSystem files, string path, ReadOnlySpan<byte> bytes, string suffix = NewSuffix)
    {
        using (IFile file = files.Create(path + suffix))
        {
            file.Write(bytes, 0);
            file.Flush();
        }

        files.Move(path + suffix, path);
        files.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>As <see cref="Replace"/>, for a file that nobody but its owner may read.</summary>
    /// <exception cref="IOException">It can't be written; the old one stays.</exception>
    public static void ReplaceSecret(this IFileSystem files, string path, ReadOnlySpan<byte> bytes)
    {
        // One that a stop left behind may have another mode.
        string temporary = path + NewSuffix;
        if (files.Exists(temporary))
        {
            files.Delete(temporary);
        }

        OwnerOnlyFile.Make(temporary);
        files.Replace(path, bytes);
    }
}
