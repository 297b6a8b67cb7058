using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Architecture;

/// <summary>The C# files of the repository, as they lie there.</summary>
internal static class SourceTree
{
    /// <summary>The projects that go to users.</summary>
    public static IReadOnlyList<string> Products { get; } = ["Agent", "Alerting", "Core", "Hosting", "Ingest", "Query", "Server", "Ui"];

    public static IReadOnlyList<string> Projects { get; } = [.. Products, "Benchmarks", "DuckDb", "Fuzzing", "Simulation", "Tests"];

    public static IReadOnlyList<SourceFile> All { get; } = [.. Projects.SelectMany(Read)];

    public static IEnumerable<SourceFile> OfProducts => All.Where(file => Products.Contains(file.Project));

    private static IEnumerable<SourceFile> Read(string project)
    {
        string root = RepositoryFolder.Combine(project);
        foreach (string path in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string relative = project + "/" + Path.GetRelativePath(root, path).Replace('\\', '/');
            if (!relative.Contains("/obj/", StringComparison.Ordinal) && !relative.Contains("/bin/", StringComparison.Ordinal))
            {
                yield return new SourceFile(relative, File.ReadAllText(path));
            }
        }
    }
}
