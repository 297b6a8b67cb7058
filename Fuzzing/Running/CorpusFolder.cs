namespace TimeSeries.Fuzzing.Running;

/// <summary>The inputs that a target begins with: small files, each an input.</summary>
internal static class CorpusFolder
{
    /// <summary>A file of the corpus that lies beside the program.</summary>
    public static string PathOf(string target, string name) => Path.Combine(AppContext.BaseDirectory, "Corpus", target, name);

    /// <summary>The files of a folder; none when it is absent.</summary>
    public static IEnumerable<byte[]> Read(string? folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)
        : [];
}
