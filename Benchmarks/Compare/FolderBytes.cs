namespace TimeSeries.Benchmarks.Compare;

/// <summary>Lengths of the files in a folder that a server is at work in.</summary>
internal static class FolderBytes
{
    /// <summary>All files in it and below; files that vanish meanwhile do not count.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="except">Name of a folder in it that does not count.</param>
    public static long Of(string folder, string? except = null)
    {
        long sum = 0;
        EnumerationOptions options = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };
        foreach (string path in Directory.EnumerateFiles(folder, "*", options))
        {
            if (except is not null && path.StartsWith(Path.Combine(folder, except) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                continue;
            }

            try
            {
                sum += new FileInfo(path).Length;
            }
            catch (FileNotFoundException)
            {
                // Merged away since it was listed.
            }
        }

        return sum;
    }
}
