namespace TimeSeries.Tests.Support.Disk;

/// <summary>Where the repository is: the nearest folder above the tests that holds the solution.</summary>
public static class RepositoryFolder
{
    public static string FullName { get; } = Find();

    /// <summary>The path of something in the repository.</summary>
    public static string Combine(params ReadOnlySpan<string> parts) => Path.Combine([FullName, .. parts]);

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TimeSeries.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("No folder above the tests holds TimeSeries.sln.");
    }
}
